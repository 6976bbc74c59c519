import { metrics } from '#contracts/metrics.ts'
import type { Log } from '#platform/log.ts'
import { counter } from '#platform/metrics.ts'
import type { Notification } from './notification.ts'

const sent = counter(metrics.notifications)

export function notificationSent(log: Log, { id, orderId, kind }: Notification): void {
  sent.inc({ kind })
  log.info({ notification_id: id, order_id: orderId, kind }, 'notification sent')
}
