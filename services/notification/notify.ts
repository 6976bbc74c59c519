import type { Gathered } from '#platform/gather.ts'
import type { Tx } from '#platform/sql.ts'
import type { Notification } from './notification.ts'
import { insertNotification } from './store.ts'

/** Keeps a notification and says so, once per id. The ids that had not been sent before, after the commit. */
export function notify(tx: Tx, notification: Notification): Gathered<{ id: string }> {
  const { id, customerId, kind } = notification
  return insertNotification(tx, notification, {
    name: 'notification.sent',
    aggregateId: id,
    version: 1,
    payload: { notificationId: id, customerId, kind },
  })
}
