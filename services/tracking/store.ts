import type { Payload } from '#contracts/messages.ts'
import type { OrderState } from '#contracts/order.ts'
import type { Gathered } from '#platform/gather.ts'
import { type Db, statement, type Tx } from '#platform/sql.ts'

/** The columns of a row as `orderRow` makes it, and the same as a record of `json_to_recordset`. */
export const ORDER_COLUMNS =
  '(id, customer_id, restaurant_id, owner_id, status, version, placed_at, state, words)'
const ORDER_RECORD = `(id uuid, customer_id uuid, restaurant_id uuid, owner_id uuid, status text,
  version int, placed_at timestamptz, state json, words text)`

/** Many at a time; of several versions of one order the latest. */
export const saveInto = (table: 'orders' | 'rebuilt'): string =>
  `insert into ${table} ${ORDER_COLUMNS}
   select distinct on (id) id, customer_id, restaurant_id, owner_id, status, version, placed_at, state,
     to_tsvector('simple', words)
   from json_to_recordset($1) as o ${ORDER_RECORD}
   order by id, version desc
   on conflict (id) do update
     set status = excluded.status, version = excluded.version, state = excluded.state
     where excluded.version > ${table}.version
   returning id, version`

const SAVE_ORDER = statement('tracking-save-order', saveInto('orders'))
const SAVE_RESTAURANT = statement(
  'tracking-save-restaurant',
  `insert into restaurants (id, owner_id, name, deleted, version) values ($1, $2, $3, $4, $5)
   on conflict (id) do update
     set owner_id = excluded.owner_id, name = excluded.name,
         deleted = excluded.deleted, version = excluded.version
     where excluded.version > restaurants.version`,
)
const SAVE_CUSTOMER = statement(
  'tracking-save-customer',
  `insert into customers (id, name, version) values ($1, $2, $3)
   on conflict (id) do update set name = excluded.name, version = excluded.version
     where excluded.version > customers.version`,
)
const FIND = statement('tracking-find', 'select state from orders where id = $1')
const NEWS = statement(
  'tracking-news',
  `select o.state from orders o join unnest($1::uuid[], $2::int[]) as seen (id, version)
     on o.id = seen.id where o.version > seen.version`,
)
const SERVING = statement(
  'tracking-serving',
  `select distinct restaurant_id as "restaurantId", owner_id as "ownerId"
   from orders where customer_id = $1`,
)
const OWNER = statement('tracking-owner', 'select owner_id from restaurants where id = $1')

/**
 * Keeps an order unless this version or a later one is known: events may come late, twice and out of
 * order. The versions that were news, of all orders of the transaction, are known after its commit.
 */
export function saveOrder(tx: Tx, order: OrderState): Gathered<{ id: string; version: number }> {
  return tx.gather(SAVE_ORDER, orderRow(order))
}

export function orderRow(order: OrderState): object {
  const { id, customerId, restaurantId, ownerId, status, version, placedAt } = order
  const words = [order.restaurantName ?? '', ...order.lines.map(({ name }) => name)].join(' ')
  return {
    ...{ id, customer_id: customerId, restaurant_id: restaurantId, owner_id: ownerId },
    ...{ status, version, placed_at: placedAt, state: order, words },
  }
}

export async function findOrder(db: Db, id: string): Promise<OrderState | undefined> {
  return (await db.query<{ state: OrderState }>(FIND(id))).rows[0]?.state
}

/** Those of the orders that have moved past the version seen. */
export async function newsOf(
  db: Db,
  seen: readonly { id: string; version: number }[],
): Promise<OrderState[]> {
  const [ids, versions] = [seen.map(({ id }) => id), seen.map(({ version }) => version)]
  const { rows } = await db.query<{ state: OrderState }>(NEWS(ids, versions))
  return rows.map(({ state }) => state)
}

export async function saveRestaurant(
  tx: Db,
  { restaurantId, ownerId, name, deleted }: Payload<'restaurant.changed'>,
  version: number,
): Promise<void> {
  await tx.query(SAVE_RESTAURANT(restaurantId, ownerId, name, deleted, version))
}

/** Without a name: the person has left. */
export async function saveCustomer(
  tx: Db,
  { customerId, name }: { customerId: string; name?: string },
  version: number,
): Promise<void> {
  await tx.query(SAVE_CUSTOMER(customerId, name, version))
}

/** In whose lists this customer's orders are, besides their own. */
export async function ownersServing(
  db: Db,
  customerId: string,
): Promise<({ restaurantId: string } | { ownerId: string })[]> {
  const { rows } = await db.query<{ restaurantId: string; ownerId: string }>(SERVING(customerId))
  return rows.flatMap(({ restaurantId, ownerId }) => [{ restaurantId }, { ownerId }])
}

/** Who owns a restaurant, or owned it before it left the platform. */
export async function ownerOf(db: Db, restaurantId: string): Promise<string | undefined> {
  return (await db.query<{ owner_id: string }>(OWNER(restaurantId))).rows[0]?.owner_id
}
