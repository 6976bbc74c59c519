import { mayRead, type Principal } from '#platform/auth.ts'
import type { Db } from '#platform/sql.ts'
import { restaurantNotFound } from './problems.ts'
import { lockRestaurant } from './store.ts'

/** Locks the restaurant for a change by its owner or an admin; for anyone else it is not there. */
export async function lockOwnRestaurant(tx: Db, principal: Principal, id: string): Promise<void> {
  const restaurant = await lockRestaurant(tx, id)
  if (!restaurant || !mayRead(principal, restaurant.ownerId)) throw restaurantNotFound(id)
}
