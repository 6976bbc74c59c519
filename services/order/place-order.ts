import type { Pool } from 'pg'
import type { Menu } from '#contracts/menu.ts'
import type { OrderState } from '#contracts/order.ts'
import { failpoint } from '#platform/failpoint.ts'
import type { KeptAnswer } from '#platform/idempotency-keys.ts'
import type { Log } from '#platform/log.ts'
import { carry } from '#platform/trace-context.ts'
import { commandMessages, eventMessages } from './messages.ts'
import { orderPlaced } from './observe.ts'
import { apply, type Basket, place } from './order.ts'
import { orderNotFound } from './problems.ts'
import { next, type Saga } from './saga.ts'
import { findOrder, insertOrder } from './store.ts'

export type OrderDeps = {
  pool: Pool
  log: Log
  now: () => Date
  /** Throws 404 `restaurant-not-found`, 503 when neither the restaurant service nor a recent copy is at hand. */
  fetchMenu: (restaurantId: string) => Promise<Menu>
  paymentWithinMs: number
}

export type Placement = {
  id: string
  customerId: string
  basket: Basket
  payment?: Saga['payment']
  /** The answer to keep together with the order, and what to do once it is kept. */
  answer?: { of: (order: OrderState) => KeptAnswer | undefined; kept?: () => void }
}

/** Places an order and starts its saga. The same `id` again answers the order as it is by now. */
export async function placeOrder(deps: OrderDeps, placement: Placement): Promise<OrderState> {
  const { id, customerId, basket, payment, answer } = placement
  const menu = await deps.fetchMenu(basket.restaurantId)
  const at = deps.now()
  const event = place(basket, menu, { id, customerId, now: at })
  const order = apply(undefined, event)
  const waiting: Saga = {
    ...{ orderId: id, state: 'reserve-stock', undoing: [], attempt: 0 },
    ...(payment ? { payment } : { paysLater: true }),
  }
  const { saga, commands } = next(
    { saga: waiting, order, at, paymentWithinMs: deps.paymentWithinMs },
    { name: 'start' },
  )
  const messages = [...eventMessages(undefined, [event]), ...commandMessages(commands, order, saga)]
  const held = { order, saga, carried: carry() }
  const fresh = { held, event, messages, answer: answer?.of(order) }
  if (await insertOrder(deps.pool, fresh)) {
    await failpoint('C4')
    answer?.kept?.()
    orderPlaced(deps.log, order, saga)
    return order
  }
  const existing = await findOrder(deps.pool, id)
  if (!existing) throw orderNotFound(id)
  return existing
}
