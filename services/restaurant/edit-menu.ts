import type { MenuItem } from '#contracts/menu.ts'
import type { Principal } from '#platform/auth.ts'
import type { Tx } from '#platform/sql.ts'
import { announceMenu } from './announce.ts'
import { type Changing, changing } from './changing.ts'
import { deleteMenuItem, insertMenuItem, updateMenuItem } from './menu-store.ts'
import { lockOwnRestaurant } from './own-restaurant.ts'
import { menuItemNotFound } from './problems.ts'
import type { MenuItemChange } from './restaurant.ts'
import { bumpVersion } from './store.ts'

/** Whose menu, and who asks. Each edit throws `restaurant-not-found` for strangers. */
export type MenuEdit = Changing & { principal: Principal; restaurantId: string }

/** Repeating it with the same item id changes nothing. */
export function addMenuItem(edit: MenuEdit, item: MenuItem): Promise<MenuItem> {
  return editing(edit, async (tx) => {
    if (await insertMenuItem(tx, edit.restaurantId, item)) await settle(tx, edit)
    return item
  })
}

/** What is absent stays. Throws `menu-item-not-found`. */
export function changeMenuItem(
  edit: MenuEdit,
  itemId: string,
  change: MenuItemChange,
): Promise<MenuItem> {
  return editing(edit, async (tx) => {
    const item = await updateMenuItem(tx, edit.restaurantId, itemId, change)
    if (!item) throw menuItemNotFound(itemId)
    await settle(tx, edit)
    return item
  })
}

/** Throws `menu-item-not-found`. */
export function removeMenuItem(edit: MenuEdit, itemId: string): Promise<void> {
  return editing(edit, async (tx) => {
    const removed = await deleteMenuItem(tx, edit.restaurantId, itemId)
    if (!removed) throw menuItemNotFound(itemId)
    await settle(tx, edit)
  })
}

const editing = <T>(edit: MenuEdit, work: (tx: Tx) => Promise<T>): Promise<T> =>
  changing(edit, edit.restaurantId, async (tx) => {
    await lockOwnRestaurant(tx, edit.principal, edit.restaurantId)
    return work(tx)
  })

async function settle(tx: Tx, { restaurantId }: MenuEdit): Promise<void> {
  await bumpVersion(tx, restaurantId)
  await announceMenu(tx, restaurantId)
}
