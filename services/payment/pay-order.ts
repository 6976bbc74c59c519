import { setTimeout as sleep } from 'node:timers/promises'
import type { OrderState } from '#contracts/order.ts'
import { inTransaction } from '#platform/sql.ts'
import type { Payment } from './payment.ts'
import {
  alreadyPaying,
  amountMismatch,
  notPayable,
  orderNotFound,
  paymentDeclined,
} from './problems.ts'
import { type PaymentDeps, settle } from './settle.ts'
import { insertPayment, latestPayment, takeTurn } from './store.ts'

export type PayDeps = PaymentDeps & {
  /** Undefined: there is no such order. Throws 503 while the order service cannot answer. */
  fetchOrder: (id: string) => Promise<OrderState | undefined>
}

export type PayRequest = {
  id: string
  customerId: string
  orderId: string
  amountCents: number
  method: string
  token: string
}

/** After this the caller gets a `pending` payment; its outcome is found out in the background. */
const ANSWER_WITHIN_MS = 8_000

/** Pays an order by hand. Throws 402 when the card is declined, which also cancels the order. */
export async function payOrder(deps: PayDeps, request: PayRequest): Promise<Payment> {
  const order = await deps.fetchOrder(request.orderId)
  if (order?.customerId !== request.customerId) throw orderNotFound(request.orderId)
  if (request.amountCents !== order.totalCents) throw amountMismatch(order.totalCents)

  const payment = await startPayment(deps, request, order)
  const late = sleep(ANSWER_WITHIN_MS, payment, { ref: false })
  const settled = await Promise.race([settle(deps, payment), late])
  if (settled.status === 'declined') throw paymentDeclined()
  return settled
}

async function startPayment(deps: PayDeps, request: PayRequest, order: OrderState) {
  return inTransaction(deps.pool, async (tx) => {
    await takeTurn(tx, order.id)
    const before = await latestPayment(tx, order.id)
    // The same request once more, after a crash: it goes on where the first one stopped.
    if (before?.id === request.id) return before
    if (order.status !== 'placed' && order.status !== 'reserved') throw notPayable(order.status)
    const draft = { ...request, currency: order.currency, createdAt: deps.now() }
    if (await insertPayment(tx, draft)) {
      return { ...draft, status: 'pending' as const, returnedCents: 0 }
    }
    throw before && before.status !== 'declined' ? alreadyPaying() : notPayable('cancelled')
  })
}
