import type { Principal } from '#platform/auth.ts'
import { announceRestaurant } from './announce.ts'
import { type Changing, changing } from './changing.ts'
import { lockOwnRestaurant } from './own-restaurant.ts'
import type { Restaurant, RestaurantChange } from './restaurant.ts'
import { updateRestaurant } from './store.ts'

/** What is absent stays. Throws `restaurant-not-found`. */
export function changeRestaurant(
  deps: Changing,
  principal: Principal,
  id: string,
  change: RestaurantChange,
): Promise<Restaurant> {
  return changing(deps, id, async (tx) => {
    await lockOwnRestaurant(tx, principal, id)
    const restaurant = await updateRestaurant(tx, id, change)
    await announceRestaurant(tx, id, { deleted: false })
    return restaurant
  })
}
