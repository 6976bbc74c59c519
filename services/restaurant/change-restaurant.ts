import type { Pool } from 'pg'
import type { Principal } from '#platform/auth.ts'
import { inTransaction } from '#platform/sql.ts'
import { announceRestaurant } from './announce.ts'
import { lockOwnRestaurant } from './own-restaurant.ts'
import type { Restaurant, RestaurantChange } from './restaurant.ts'
import { updateRestaurant } from './store.ts'

/** What is absent stays. Throws `restaurant-not-found`. */
export function changeRestaurant(
  { pool }: { pool: Pool },
  principal: Principal,
  id: string,
  change: RestaurantChange,
): Promise<Restaurant> {
  return inTransaction(pool, async (tx) => {
    await lockOwnRestaurant(tx, principal, id)
    const restaurant = await updateRestaurant(tx, id, change)
    await announceRestaurant(tx, id, { deleted: false })
    return restaurant
  })
}
