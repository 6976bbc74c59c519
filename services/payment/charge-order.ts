import type { Payload } from '#contracts/messages.ts'
import type { Once, Received } from '#platform/broker/consumer.ts'
import { appendMessages } from '#platform/outbox.ts'
import { unavailable } from '#platform/problem.ts'
import { inTransaction } from '#platform/sql.ts'
import { outcomeOf, type PaymentDeps, settle } from './settle.ts'
import { insertFirstPayment, latestPayment, takeTurn } from './store.ts'

/**
 * The saga's command to charge an order. The payment's id is the command's, so a second delivery
 * finds the first one's payment. Throws while the outcome is unknown: the command is then tried again.
 */
export async function chargeOrder(
  deps: PaymentDeps,
  { id, payload }: Received<'payment.charge'>,
  once: Once,
): Promise<void> {
  const payment = await paymentFor(deps, id, payload)
  if (!payment) return // voided: the order was cancelled before its charge arrived
  if (payment.status !== 'pending') {
    await once((tx) => appendMessages(tx, [outcomeOf(payment)]))
    return
  }
  const settled = await settle(deps, payment, once)
  if (settled.status === 'pending') throw unavailable('the card network')
}

async function paymentFor(deps: PaymentDeps, id: string, command: Payload<'payment.charge'>) {
  return inTransaction(deps.pool, async (tx) => {
    // In this order on one connection, without waiting for one another's answers.
    const [, , latest] = await Promise.all([
      takeTurn(tx, command.orderId),
      insertFirstPayment(tx, { ...command, id, createdAt: deps.now() }),
      latestPayment(tx, command.orderId),
    ])
    return latest
  })
}
