import { setTimeout as sleep } from 'node:timers/promises'
import { DINER, PASSWORD, RESTAURANT } from './sandbox.ts'
import { call, findRestaurant, logIn, menuOf } from './shop.ts'

const READS_PER_SECOND = 10
const ORDERS_PER_SECOND = 2
const TICK_MS = 1_000 / READS_PER_SECOND
const MOST_IN_FLIGHT = 200

/**
 * A quiet evening: people read a menu and some of them order, until stopped. What fails is what the
 * drill is about, so it is not told.
 */
export async function quietEvening(gateway: string): Promise<{ stop: () => Promise<void> }> {
  const diner = await logIn(gateway, DINER.email, PASSWORD)
  const restaurant = await findRestaurant(diner, RESTAURANT.name)
  const [dish] = restaurant ? await menuOf(diner, restaurant.id) : []
  if (!restaurant || !dish) throw new Error(`there is no ${RESTAURANT.name} yet: make seed`)
  const basket = {
    restaurantId: restaurant.id,
    items: [{ menuItemId: dish.id, quantity: 1 }],
    payment: { method: 'card', token: 'tok_ok' },
  }

  const inFlight = new Set<Promise<unknown>>()
  const send = (request: Promise<unknown>) => {
    const done = request.catch(() => {}).finally(() => inFlight.delete(done))
    inFlight.add(done)
  }
  let evening = true
  const running = (async () => {
    for (let tick = 0; evening; tick++) {
      if (inFlight.size < MOST_IN_FLIGHT) {
        send(menuOf(diner, restaurant.id))
        if (tick % (READS_PER_SECOND / ORDERS_PER_SECOND) === 0) {
          send(call(diner, 'POST', '/orders', basket))
        }
      }
      await sleep(TICK_MS)
    }
  })()
  return {
    async stop() {
      evening = false
      await running
    },
  }
}
