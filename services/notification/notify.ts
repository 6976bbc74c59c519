import { appendMessages } from '#platform/outbox.ts'
import type { Db } from '#platform/sql.ts'
import type { Notification } from './notification.ts'
import { insertNotification } from './store.ts'

/** Keeps a notification and says so, once per id. False: it has been sent before. */
export async function notify(tx: Db, notification: Notification): Promise<boolean> {
  if (!(await insertNotification(tx, notification))) return false
  const { id, customerId, kind } = notification
  await appendMessages(tx, [
    {
      name: 'notification.sent',
      aggregateId: id,
      version: 1,
      payload: { notificationId: id, customerId, kind },
    },
  ])
  return true
}
