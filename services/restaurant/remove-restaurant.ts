import type { Principal } from '#platform/auth.ts'
import { announceRestaurant } from './announce.ts'
import { type Changing, changing } from './changing.ts'
import { clearMenu } from './menu-store.ts'
import { lockOwnRestaurant } from './own-restaurant.ts'
import { deleteRestaurant } from './store.ts'

/** Takes a restaurant and its menu off the platform; orders already placed go on. */
export async function removeRestaurant(
  deps: Changing,
  principal: Principal,
  id: string,
): Promise<void> {
  await changing(deps, id, async (tx) => {
    await lockOwnRestaurant(tx, principal, id)
    await clearMenu(tx, id)
    await deleteRestaurant(tx, id)
    await announceRestaurant(tx, id, { deleted: true })
  })
}
