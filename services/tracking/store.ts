import type { Payload } from '#contracts/messages.ts'
import type { OrderState, OrderStatus } from '#contracts/order.ts'
import type { Gathered } from '#platform/gather.ts'
import type { Cursor } from '#platform/http/cursor.ts'
import type { Slice } from '#platform/http/page.ts'
import { type Db, type Statement, statement, type Tx } from '#platform/sql.ts'

/** Whose orders: exactly one of them, or nobody's in particular. */
export type Scope =
  | { customerId: string }
  | { restaurantId: string }
  | { ownerId: string }
  | 'everybody'

export type Listing = { status?: OrderStatus; limit: number; offset: number }

/** The columns of a row as `orderRow` makes it, and the same as a record of `json_to_recordset`. */
export const ORDER_COLUMNS =
  '(id, customer_id, restaurant_id, owner_id, status, version, placed_at, state)'
const ORDER_RECORD = `(id uuid, customer_id uuid, restaurant_id uuid, owner_id uuid, status text,
  version int, placed_at timestamptz, state json)`

/** Many at a time; of several versions of one order the latest. */
export const saveInto = (table: 'orders' | 'rebuilt'): string =>
  `insert into ${table} ${ORDER_COLUMNS}
   select distinct on (id) * from json_to_recordset($1) as o ${ORDER_RECORD}
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
const FIND = statement('tracking-find', 'select state from orders where id = $1')
const NEWS = statement(
  'tracking-news',
  `select o.state from orders o join unnest($1::uuid[], $2::int[]) as seen (id, version)
     on o.id = seen.id where o.version > seen.version`,
)
const OWNER = statement('tracking-owner', 'select owner_id from restaurants where id = $1')

const BY_CUSTOMER = lists('by-customer', 'customer_id = $1')
const BY_RESTAURANT = lists('by-restaurant', 'restaurant_id = $1')
const BY_OWNER = lists('by-owner', 'owner_id = $1')
const ALL = lists('all', '$1::uuid is null')

/**
 * Keeps an order unless this version or a later one is known: events may come late, twice and out of
 * order. The versions that were news, of all orders of the transaction, are known after its commit.
 */
export function saveOrder(tx: Tx, order: OrderState): Gathered<{ id: string; version: number }> {
  return tx.gather(SAVE_ORDER, orderRow(order))
}

export function orderRow(order: OrderState): object {
  const { id, customerId, restaurantId, ownerId, status, version, placedAt } = order
  return {
    ...{ id, customer_id: customerId, restaurant_id: restaurantId, owner_id: ownerId },
    ...{ status, version, placed_at: placedAt, state: order },
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

/** Who owns a restaurant, or owned it before it left the platform. */
export async function ownerOf(db: Db, restaurantId: string): Promise<string | undefined> {
  return (await db.query<{ owner_id: string }>(OWNER(restaurantId))).rows[0]?.owner_id
}

/** Newest first. */
export async function listOrders(
  db: Db,
  scope: Scope,
  { status, limit, offset }: Listing,
): Promise<Slice<OrderState>> {
  const { list, count, id } = listsOf(scope)
  const [page, counted] = await Promise.all([
    db.query<{ state: OrderState }>(list(id, status, limit, offset)),
    db.query<{ count: number }>(count(id, status)),
  ])
  return { items: page.rows.map(({ state }) => state), total: counted.rows[0]!.count }
}

/** Newest first, those after the cursor. */
export async function ordersAfter(
  db: Db,
  scope: Scope,
  { status, limit, cursor = NEWEST }: { status?: OrderStatus; limit: number; cursor?: Cursor },
): Promise<OrderState[]> {
  const { after, id } = listsOf(scope)
  const statement = after(id, status, limit, cursor.placedAt, cursor.id)
  return (await db.query<{ state: OrderState }>(statement)).rows.map(({ state }) => state)
}

const NEWEST: Cursor = { placedAt: 'infinity', id: 'ffffffff-ffff-ffff-ffff-ffffffffffff' }

type Lists = Record<'list' | 'count' | 'after', (...values: unknown[]) => Statement>

function listsOf(scope: Scope): Lists & { id?: string } {
  if (scope === 'everybody') return ALL
  if ('customerId' in scope) return { ...BY_CUSTOMER, id: scope.customerId }
  if ('restaurantId' in scope) return { ...BY_RESTAURANT, id: scope.restaurantId }
  return { ...BY_OWNER, id: scope.ownerId }
}

function lists(name: string, scope: string): Lists {
  const from = `from orders where ${scope} and ($2::text is null or status = $2)`
  return {
    list: statement(
      `tracking-list-${name}`,
      `select state ${from} order by placed_at desc, id desc limit $3 offset $4`,
    ),
    // A comparison of rows, as the indexes are ordered: each page starts where the last one ended.
    after: statement(
      `tracking-list-after-${name}`,
      `select state ${from} and (placed_at, id) < ($4::timestamptz, $5::uuid)
       order by placed_at desc, id desc limit $3`,
    ),
    count: statement(`tracking-count-${name}`, `select count(*) ${from}`),
  }
}
