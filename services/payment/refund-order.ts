import type { Once, Received } from '#platform/broker/consumer.ts'
import { failpoint } from '#platform/failpoint.ts'
import { appendMessages } from '#platform/outbox.ts'
import { unavailable } from '#platform/problem.ts'
import { inTransaction, type Tx } from '#platform/sql.ts'
import { paymentSettled } from './observe.ts'
import type { Payment } from './payment.ts'
import { type PaymentDeps, settle } from './settle.ts'
import { latestPayment, settlePayment, takeTurn, voidOrder } from './store.ts'

/**
 * Makes an order cost nothing: no later charge is possible, and what was captured goes back. Says
 * `payment.refunded` with the amount, 0 when there was none. Throws while the network cannot say.
 */
export async function refundOrder(
  deps: PaymentDeps,
  { payload: { orderId } }: Received<'payment.refund'>,
  once: Once,
): Promise<void> {
  const found = await inTransaction(deps.pool, async (tx) => {
    await takeTurn(tx, orderId)
    await voidOrder(tx, orderId)
    return latestPayment(tx, orderId)
  })
  // What is still pending may have been charged: find out first.
  const payment = found && (await settle(deps, found))
  if (payment?.status === 'pending') throw unavailable('the card network')
  const amountCents = payment ? payment.amountCents - payment.returnedCents : 0
  if (payment?.status === 'captured' && amountCents > 0) {
    await deps.network.refund(payment, { key: `refund:${payment.id}`, amountCents })
    await failpoint('C19')
  }
  await once((tx) => sayRefunded(deps, tx, orderId, payment))
}

async function sayRefunded(
  deps: PaymentDeps,
  tx: Tx,
  orderId: string,
  payment: Payment | undefined,
): Promise<void> {
  if (payment && (await settlePayment(tx, payment.id, { status: 'refunded' }, ['captured']))) {
    paymentSettled(deps.log, payment, 'refunded')
  }
  // Without what went back by hand: that was reported when it went.
  const kept = payment && payment.status !== 'declined'
  const amountCents = kept ? payment.amountCents - payment.returnedCents : 0
  appendMessages(tx, [
    {
      name: 'payment.refunded',
      aggregateId: orderId,
      version: 2,
      payload: { orderId, amountCents, currency: 'EUR' },
    },
  ])
}
