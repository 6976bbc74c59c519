import type { Log } from '#platform/log.ts'
import { counter } from '#platform/metrics.ts'
import type { Payment } from './payment.ts'

const payments = counter('restofy_payments_total', 'Payments by outcome', ['outcome'])

export function paymentSettled(log: Log, { id, orderId }: Payment, outcome: string): void {
  payments.inc({ outcome })
  log.info({ payment_id: id, order_id: orderId, outcome }, `payment ${outcome}`)
}
