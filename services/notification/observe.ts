import { metrics } from '#contracts/metrics.ts'
import type { Log } from '#platform/log.ts'
import { counter } from '#platform/metrics.ts'
import type { Notification } from './notification.ts'

const sent = counter(metrics.notifications)
const mails = counter(metrics.mails)

type Mail = Pick<Notification, 'id' | 'kind'>

export function notificationSent(log: Log, { id, orderId, kind }: Notification): void {
  sent.inc({ kind })
  log.info({ notification_id: id, order_id: orderId, kind }, 'notification sent')
}

// Never the address, nor what the mail server says about it.
export function mailSent(log: Log, { id, kind }: Mail): void {
  mails.inc({ outcome: 'sent' })
  log.info({ notification_id: id, kind }, 'mail sent')
}

/** Who it was for has left. */
export function mailDropped(log: Log, { id, kind }: Mail): void {
  mails.inc({ outcome: 'dropped' })
  log.info({ notification_id: id, kind }, 'mail dropped: its customer has left')
}

export function mailTriedInVain(log: Log, { id, kind }: Mail, reason: string): void {
  mails.inc({ outcome: 'retried' })
  log.warn({ notification_id: id, kind, reason }, 'mail will be tried again')
}

export function mailGivenUp(log: Log, { id, kind }: Mail, reason: string): void {
  mails.inc({ outcome: 'failed' })
  log.error({ notification_id: id, kind, reason }, 'mail given up')
}
