import { appendMessages } from '#platform/outbox.ts'
import { inTransaction } from '#platform/sql.ts'
import { paymentReturned } from './observe.ts'
import { type Payment, returnableCents } from './payment.ts'
import { notRefundable, paymentNotFound, refundTooLarge } from './problems.ts'
import type { Refund } from './refund.ts'
import { findRefund, finishRefund, startRefund } from './refund-store.ts'
import type { PaymentDeps } from './settle.ts'
import { findPayment, isVoided, takeTurn } from './store.ts'

export type RefundRequest = { id: string; paymentId: string; amountCents: number; reason: string }

/**
 * Gives part or all of a payment back, by hand. The amount is promised before the card network is asked,
 * so that two admins together cannot return more than was captured. While the network cannot say, the
 * refund is `pending` and finished in the background.
 */
export async function refundPayment(deps: PaymentDeps, request: RefundRequest): Promise<Refund> {
  const payment = await findPayment(deps.pool, request.paymentId)
  if (!payment) throw paymentNotFound(request.paymentId)
  const refund = await promise(deps, payment, request)
  return finish(deps, refund).catch((error) => {
    deps.log.warn({ err: error, refund_id: refund.id }, 'refund pending')
    return refund
  })
}

async function promise(
  deps: PaymentDeps,
  { orderId }: Payment,
  request: RefundRequest,
): Promise<Refund> {
  const draft = { ...request, createdAt: deps.now() }
  return inTransaction(deps.pool, async (tx) => {
    await takeTurn(tx, orderId)
    if (await startRefund(tx, draft)) return { ...draft, status: 'pending' }
    // The same request once more, after a crash: it goes on where the first one stopped.
    const before = await findRefund(tx, request.id)
    if (before) return before
    const payment = (await findPayment(tx, request.paymentId))!
    if (payment.status !== 'captured') throw notRefundable(`a payment that is ${payment.status}`)
    if (await isVoided(tx, orderId)) throw notRefundable('a payment whose order was cancelled')
    throw refundTooLarge(returnableCents(payment))
  })
}

/** Has the network give it back, under the refund's own key: asking twice returns it once. */
export async function finish(deps: PaymentDeps, refund: Refund): Promise<Refund> {
  if (refund.status === 'done') return refund
  const payment = (await findPayment(deps.pool, refund.paymentId))!
  await deps.network.refund(payment, {
    key: `refund:${refund.id}`,
    amountCents: refund.amountCents,
  })
  await inTransaction(deps.pool, async (tx) => {
    if (!(await finishRefund(tx, refund.id))) return
    paymentReturned(deps.log, payment, refund)
    const { orderId, currency } = payment
    const { id: refundId, amountCents } = refund
    appendMessages(tx, [
      {
        name: 'payment.refunded',
        aggregateId: orderId,
        version: 2,
        payload: { orderId, amountCents, currency, refundId },
      },
    ])
  })
  return { ...refund, status: 'done' }
}
