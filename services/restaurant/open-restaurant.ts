import type { Principal } from '#platform/auth.ts'
import { announceRestaurant } from './announce.ts'
import { type Changing, changing } from './changing.ts'
import { restaurantNotFound } from './problems.ts'
import type { NewRestaurant, Restaurant } from './restaurant.ts'
import { findRestaurant, insertRestaurant } from './store.ts'

/** Opens a restaurant that belongs to whoever asks. Repeating it with the same id changes nothing. */
export function openRestaurant(
  { newId, ...deps }: Changing & { newId: () => string },
  principal: Principal,
  details: NewRestaurant,
): Promise<Restaurant> {
  const id = newId()
  return changing(deps, id, async (tx) => {
    const fresh = await insertRestaurant(tx, id, principal.id, details)
    if (fresh) await announceRestaurant(tx, id, { deleted: false })
    const restaurant = await findRestaurant(tx, id)
    if (!restaurant) throw restaurantNotFound(id)
    return restaurant
  })
}
