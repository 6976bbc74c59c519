import type { Menu } from '#contracts/menu.ts'
import { type Db, statement } from '#platform/sql.ts'
import type { Line, Move, Reservation, Stock } from './stock.ts'

type StockRow = { menu_item_id: string; available: number | null; reserved: number }

const OWNER = statement('inventory-owner', 'select owner_id from menus where restaurant_id = $1')
// Only a newer menu counts; stock that is already known keeps its figures.
const SAVE_MENU = statement(
  'inventory-save-menu',
  `with newer as (
     insert into menus (restaurant_id, owner_id, version) values ($1, $2, $3)
     on conflict (restaurant_id) do update
       set owner_id = excluded.owner_id, version = excluded.version
       where menus.version < excluded.version
     returning restaurant_id
   ), gone as (
     update stock set on_menu = false from newer
     where stock.restaurant_id = newer.restaurant_id and not menu_item_id = any($5::uuid[])
   )
   insert into stock (menu_item_id, restaurant_id, available)
   select id, restaurant_id, "initialStock" from newer,
     json_to_recordset($4) as item (id uuid, "initialStock" int)
   on conflict (menu_item_id) do nothing`,
)
const LIST = statement(
  'inventory-list',
  `select menu_item_id, available, reserved from stock
   where restaurant_id = $1 and on_menu order by menu_item_id`,
)
const SET_AVAILABLE = statement(
  'inventory-set-available',
  `update stock set available = $3 where restaurant_id = $1 and menu_item_id = $2 and on_menu
   returning menu_item_id, available, reserved`,
)
const LOCK_RESERVATION = statement(
  'inventory-lock-reservation',
  'select order_id, status, lines from reservations where order_id = $1 for update',
)
// Always in the same order, or two baskets with the same items could wait for each other.
const LOCK_STOCK = statement(
  'inventory-lock-stock',
  `select menu_item_id, available, reserved from stock
   where menu_item_id = any($1::uuid[]) order by menu_item_id for update`,
)
const MOVE = `update stock
     set available = stock.available + m.available, reserved = stock.reserved + m.reserved
     from json_to_recordset($3) as m ("menuItemId" uuid, available int, reserved int)`
// Nothing moves when the order has a reservation already, whichever of two deliveries made it.
const KEEP = statement(
  'inventory-keep-reservation',
  `with kept as (
     insert into reservations (order_id, status, lines) values ($1, $2, $4)
     on conflict (order_id) do nothing returning order_id
   ), moved as (
     ${MOVE}, kept where stock.menu_item_id = m."menuItemId"
   )
   select from kept`,
)
const SETTLE = statement(
  'inventory-settle-reservation',
  `with settled as (
     update reservations set status = $2, version = version + 1, updated_at = now()
     where order_id = $1
   )
   ${MOVE} where stock.menu_item_id = m."menuItemId"`,
)

export async function ownerOf(db: Db, restaurantId: string): Promise<string | undefined> {
  const { rows } = await db.query<{ owner_id: string }>(OWNER(restaurantId))
  return rows[0]?.owner_id
}

export async function saveMenu(db: Db, menu: Menu): Promise<void> {
  const { restaurantId, ownerId, version, items } = menu
  const ids = items.map(({ id }) => id)
  await db.query(SAVE_MENU(restaurantId, ownerId, version, JSON.stringify(items), ids))
}

export async function listStock(db: Db, restaurantId: string): Promise<Stock[]> {
  const { rows } = await db.query<StockRow>(LIST(restaurantId))
  return rows.map(fromRow)
}

/** Undefined: the restaurant has no such item on its menu. */
export async function setAvailable(
  db: Db,
  restaurantId: string,
  { menuItemId, available }: { menuItemId: string; available: number | null },
): Promise<Stock | undefined> {
  const { rows } = await db.query<StockRow>(SET_AVAILABLE(restaurantId, menuItemId, available))
  return rows[0] && fromRow(rows[0])
}

export async function lockReservation(tx: Db, orderId: string): Promise<Reservation | undefined> {
  const { rows } = await tx.query<{
    order_id: string
    status: Reservation['status']
    lines: Line[]
  }>(LOCK_RESERVATION(orderId))
  return rows[0] && { orderId, status: rows[0].status, lines: rows[0].lines }
}

/** The shelf of these items, locked until the transaction ends. Unknown items are absent. */
export async function lockStock(tx: Db, menuItemIds: readonly string[]): Promise<Stock[]> {
  const { rows } = await tx.query<StockRow>(LOCK_STOCK(menuItemIds))
  return rows.map(fromRow)
}

/** Keeps a reservation and moves its stock. False, and nothing has moved: the order has one already. */
export async function keepReservation(
  tx: Db,
  { orderId, status, lines }: Reservation,
  moves: readonly Move[] = [],
): Promise<boolean> {
  const { rowCount } = await tx.query(
    KEEP(orderId, status, JSON.stringify(moves), JSON.stringify(lines)),
  )
  return rowCount === 1
}

/** Moves on a reservation that this transaction has locked, with its stock. */
export async function settleReservation(
  tx: Db,
  { orderId, status }: Pick<Reservation, 'orderId' | 'status'>,
  moves: readonly Move[],
): Promise<void> {
  await tx.query(SETTLE(orderId, status, JSON.stringify(moves)))
}

const fromRow = (row: StockRow): Stock => ({
  menuItemId: row.menu_item_id,
  available: row.available,
  reserved: row.reserved,
})
