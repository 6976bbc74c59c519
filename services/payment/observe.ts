import { metrics } from '#contracts/metrics.ts'
import type { Log } from '#platform/log.ts'
import { counter } from '#platform/metrics.ts'
import type { Payment } from './payment.ts'
import type { Refund } from './refund.ts'

const payments = counter(metrics.payments)

export function paymentReturned(log: Log, { id, orderId }: Payment, refund: Refund): void {
  payments.inc({ outcome: 'returned' })
  const { id: refund_id, amountCents: amount_cents, reason } = refund
  log.info({ payment_id: id, order_id: orderId, refund_id, amount_cents, reason }, 'refund done')
}

export function paymentSettled(log: Log, { id, orderId }: Payment, outcome: string): void {
  payments.inc({ outcome })
  log.info({ payment_id: id, order_id: orderId, outcome }, `payment ${outcome}`)
}
