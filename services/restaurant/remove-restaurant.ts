import type { Pool } from 'pg'
import type { Principal } from '#platform/auth.ts'
import { inTransaction } from '#platform/sql.ts'
import { announceRestaurant } from './announce.ts'
import { clearMenu } from './menu-store.ts'
import { lockOwnRestaurant } from './own-restaurant.ts'
import { deleteRestaurant } from './store.ts'

/** Takes a restaurant and its menu off the platform; orders already placed go on. */
export async function removeRestaurant(
  { pool }: { pool: Pool },
  principal: Principal,
  id: string,
): Promise<void> {
  await inTransaction(pool, async (tx) => {
    await lockOwnRestaurant(tx, principal, id)
    await clearMenu(tx, id)
    await deleteRestaurant(tx, id)
    await announceRestaurant(tx, id, { deleted: true })
  })
}
