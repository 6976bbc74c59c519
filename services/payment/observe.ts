import { metrics } from '#contracts/metrics.ts'
import type { Log } from '#platform/log.ts'
import { counter } from '#platform/metrics.ts'
import type { Payment } from './payment.ts'

const payments = counter(metrics.payments)

export function paymentSettled(log: Log, { id, orderId }: Payment, outcome: string): void {
  payments.inc({ outcome })
  log.info({ payment_id: id, order_id: orderId, outcome }, `payment ${outcome}`)
}
