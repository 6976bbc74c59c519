import { appendMessages, type Message } from '#platform/outbox.ts'
import type { Db, Tx } from '#platform/sql.ts'
import { menuToAnnounce } from './menu-store.ts'

/** Says what the menu is now. Call it last in the transaction that changed it. */
export async function announceMenu(tx: Tx, restaurantId: string): Promise<void> {
  appendMessages(tx, [await menuChanged(tx, restaurantId)])
}

/** A menu carries its restaurant's name and whether it is open: a change of those says both. */
export async function announceRestaurant(
  tx: Tx,
  restaurantId: string,
  { deleted }: { deleted: boolean },
): Promise<void> {
  const menu = await menuChanged(tx, restaurantId)
  const { ownerId, name, open } = menu.payload
  appendMessages(tx, [
    {
      name: 'restaurant.changed',
      aggregateId: restaurantId,
      version: menu.version,
      payload: { restaurantId, ownerId, name, open, deleted },
    },
    menu,
  ])
}

async function menuChanged(tx: Db, restaurantId: string): Promise<Message<'menu.changed'>> {
  const payload = await menuToAnnounce(tx, restaurantId)
  return { name: 'menu.changed', aggregateId: restaurantId, version: payload.version, payload }
}
