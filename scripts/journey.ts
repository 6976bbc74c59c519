import { setTimeout as sleep } from 'node:timers/promises'
import { DINER, PASSWORD, RESTAURANT } from './sandbox.ts'
import { call, findRestaurant, logIn, menuOf, type Order } from './shop.ts'

export type Stage = { status: string; ms: number; order: Order }

const POLL_MS = 25
const PATIENCE_MS = 30_000
/** Where an order rests until a person does something. */
const SETTLED = ['paid', 'cancelled']

/** Places an order as the sandbox diner and follows it to `paid` or `cancelled`; tells each new status. */
export async function orderJourney(
  gateway: string,
  { token = 'tok_ok', tell = () => {} }: { token?: string; tell?: (stage: Stage) => void } = {},
): Promise<Stage[]> {
  const diner = await logIn(gateway, DINER.email, PASSWORD)
  const restaurant = await findRestaurant(diner, RESTAURANT.name)
  if (!restaurant) throw new Error(`there is no ${RESTAURANT.name} yet: make seed`)
  const [first, second] = await menuOf(diner, restaurant.id)
  if (!first || !second) throw new Error(`the menu of ${RESTAURANT.name} is empty: make seed`)
  const basket = {
    restaurantId: restaurant.id,
    items: [
      { menuItemId: first.id, quantity: 1 },
      { menuItemId: second.id, quantity: 2 },
    ],
    payment: { method: 'card', token },
  }

  const startedAt = performance.now()
  const stages: Stage[] = []
  let order = await call<Order>(diner, 'POST', '/orders', basket)
  while (true) {
    const ms = performance.now() - startedAt
    if (order.status !== stages.at(-1)?.status) {
      const stage = { status: order.status, ms, order }
      stages.push(stage)
      tell(stage)
    }
    if (SETTLED.includes(order.status)) return stages
    if (ms > PATIENCE_MS) {
      throw new Error(
        `order ${order.id} is still ${order.status} after ${PATIENCE_MS / 1_000} s: make logs ORDER=${order.id}`,
      )
    }
    await sleep(POLL_MS)
    order = await call<Order>(diner, 'GET', `/orders/${order.id}`)
  }
}

export const renderStage = ({ status, ms, order }: Stage): string =>
  [
    `  ${String(Math.round(ms)).padStart(6)} ms  ${status.padEnd(9)}`,
    order.cancelReason ?? '█'.repeat(Math.min(60, Math.max(1, Math.round(ms / 10)))),
  ].join(' ')
