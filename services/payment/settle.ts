import type { Pool } from 'pg'
import { failpoint } from '#platform/failpoint.ts'
import type { Log } from '#platform/log.ts'
import { appendMessages, type Message } from '#platform/outbox.ts'
import { inTransaction, type Tx } from '#platform/sql.ts'
import type { CardNetwork } from './card-network.ts'
import { paymentSettled } from './observe.ts'
import type { Payment } from './payment.ts'
import { findPayment, settlePayment } from './store.ts'

export type PaymentDeps = { pool: Pool; log: Log; network: CardNetwork; now: () => Date }

/** How the transaction that stores the outcome is opened: a consumer's `once`, or a plain one. */
export type InTx = (work: (tx: Tx) => Promise<void>) => Promise<unknown>

/**
 * Charges a pending payment and stores the outcome together with the message about it. A crash
 * anywhere in between leaves it pending, and asking again under the same key charges nothing twice.
 */
export async function settle(
  deps: PaymentDeps,
  payment: Payment,
  inTx: InTx = (work) => inTransaction(deps.pool, work),
): Promise<Payment> {
  if (payment.status !== 'pending') return payment
  await failpoint('C17')
  const result = await deps.network.charge(payment)
  await failpoint('C18')
  if (result.outcome === 'unknown') return payment
  const { outcome: status, ...rest } = result
  const mine: { payment?: Payment } = {}
  await inTx(async (tx) => {
    mine.payment = await settlePayment(tx, payment.id, { status, ...rest }, ['pending'])
    if (mine.payment) appendMessages(tx, [outcomeOf(mine.payment)])
  })
  // Somebody else may have been asking at the same time: one of us tells the world.
  if (!mine.payment) return (await findPayment(deps.pool, payment.id)) ?? payment
  paymentSettled(deps.log, payment, status)
  return mine.payment
}

/** The message that reports a payment's outcome. */
export function outcomeOf({ id, orderId, amountCents, currency, status }: Payment): Message {
  const about = { aggregateId: orderId, version: 1 }
  if (status === 'declined') {
    return { ...about, name: 'payment.declined', payload: { orderId, paymentId: id } }
  }
  const payload = { orderId, paymentId: id, amountCents, currency }
  return { ...about, name: 'payment.captured', payload }
}
