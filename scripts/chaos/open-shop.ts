import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { PASSWORD } from '../sandbox.ts'
import { call, logIn, type MenuItem, type Restaurant, register } from '../shop.ts'
import type { Customer } from './customer.ts'
import { CUSTOMERS, DISHES } from './plan.ts'

/** The last dish runs out on the way. */
const portionsOf = (dish: number, orders: number): number =>
  dish === DISHES - 1 ? Math.ceil(orders / 4) : orders * 10

const PATIENCE_MS = 60_000

/** A restaurant, its dishes with what is on the shelf, and customers who are signed in. */
export async function openShop(gateway: string, orders: number) {
  const { session: owner } = await somebody(gateway, 'restaurant')
  const customers: Customer[] = []
  while (customers.length < CUSTOMERS) customers.push(await somebody(gateway, 'customer'))
  const { id } = await call<Restaurant>(owner, 'POST', '/restaurants', { name: 'Chaos Kitchen' })
  const portions: Record<string, number> = {}
  for (let dish = 0; dish < DISHES; dish++) {
    const stock = portionsOf(dish, orders)
    const body = { name: `Dish ${dish}`, price: 7.5 + dish, stock }
    const item = await call<MenuItem>(owner, 'POST', `/restaurants/${id}/menu`, body)
    portions[item.id] = stock
  }
  return { restaurantId: id, dishIds: Object.keys(portions), portions, customers }
}

/** A busy machine may not have every door open the moment its services say so. */
async function somebody(gateway: string, role: string): Promise<Customer> {
  const deadline = Date.now() + PATIENCE_MS
  for (;;) {
    const email = `${randomUUID()}@restofy.test`
    try {
      await register({ gateway }, { name: `Some ${role}`, email, password: PASSWORD, role })
      return { email, password: PASSWORD, session: await logIn(gateway, email, PASSWORD) }
    } catch (error) {
      if (Date.now() > deadline) throw error
      await sleep(500)
    }
  }
}
