import type { Menu, MenuItem } from '#contracts/menu.ts'
import { type Db, statement } from '#platform/sql.ts'
import type { MenuItemChange } from './restaurant.ts'

type MenuRow = {
  id: string
  owner_id: string
  name: string
  open: boolean
  version: number
  items: MenuItem[]
}

// Built as the contract spells it, in one statement: a menu never mixes two versions.
const ITEM = `json_strip_nulls(json_build_object('id', i.id, 'name', i.name,
  'priceCents', i.price_cents, 'description', i.description, 'initialStock', i.initial_stock))`

const MENU = `select r.id, r.owner_id, r.name, r.open, r.version,
    coalesce((select json_agg(${ITEM} order by i.id) from menu_items i
              where i.restaurant_id = r.id), '[]') as items
  from restaurants r where r.id = $1`

const FIND = statement('restaurant-menu', `${MENU} and r.deleted_at is null`)
const FIND_ANY = statement('restaurant-menu-any', MENU)
const INSERT = statement(
  'restaurant-item-insert',
  `insert into menu_items (id, restaurant_id, name, price_cents, description, initial_stock)
   values ($1, $2, $3, $4, $5, $6) on conflict (id) do nothing`,
)
const UPDATE = statement(
  'restaurant-item-update',
  `update menu_items i
   set name = coalesce($3, name), price_cents = coalesce($4, price_cents),
       description = coalesce($5, description)
   where restaurant_id = $1 and id = $2 returning ${ITEM} as item`,
)
const DELETE = statement(
  'restaurant-item-delete',
  'delete from menu_items where restaurant_id = $1 and id = $2',
)
const CLEAR = statement('restaurant-menu-clear', 'delete from menu_items where restaurant_id = $1')

export async function findMenu(db: Db, restaurantId: string): Promise<Menu | undefined> {
  const { rows } = await db.query<MenuRow>(FIND(restaurantId))
  return rows[0] && fromRow(rows[0])
}

/** The menu as this transaction has just left it, of a deleted restaurant too. */
export async function menuToAnnounce(tx: Db, restaurantId: string): Promise<Menu> {
  return fromRow((await tx.query<MenuRow>(FIND_ANY(restaurantId))).rows[0]!)
}

/** False: this id exists already. */
export async function insertMenuItem(
  tx: Db,
  restaurantId: string,
  { id, name, priceCents, description, initialStock }: MenuItem,
): Promise<boolean> {
  const insert = INSERT(id, restaurantId, name, priceCents, description, initialStock)
  return (await tx.query(insert)).rowCount === 1
}

export async function updateMenuItem(
  tx: Db,
  restaurantId: string,
  itemId: string,
  { name, priceCents, description }: MenuItemChange,
): Promise<MenuItem | undefined> {
  const update = UPDATE(restaurantId, itemId, name, priceCents, description)
  return (await tx.query<{ item: MenuItem }>(update)).rows[0]?.item
}

export async function deleteMenuItem(
  tx: Db,
  restaurantId: string,
  itemId: string,
): Promise<boolean> {
  return (await tx.query(DELETE(restaurantId, itemId))).rowCount === 1
}

export async function clearMenu(tx: Db, restaurantId: string): Promise<void> {
  await tx.query(CLEAR(restaurantId))
}

const fromRow = ({ id, owner_id, name, open, version, items }: MenuRow): Menu => ({
  restaurantId: id,
  ownerId: owner_id,
  name,
  open,
  version,
  items,
})
