import type { OrderState, OrderStatus } from '#contracts/order.ts'
import { type Cursor, NEWEST } from '#platform/http/cursor.ts'
import type { Slice } from '#platform/http/page.ts'
import { type Db, type Statement, statement } from '#platform/sql.ts'

/** Whose orders: exactly one of them, or nobody's in particular. */
export type Scope =
  | { customerId: string }
  | { restaurantId: string }
  | { ownerId: string }
  | 'everybody'

/** `words`: each has to begin a word of the restaurant's name or of a dish's. */
export type Filter = { status?: OrderStatus; words?: readonly string[] }
export type Listed = OrderState & { customerName?: string }

const BY_CUSTOMER = lists('by-customer', 'customer_id = $1')
const BY_RESTAURANT = lists('by-restaurant', 'restaurant_id = $1')
const BY_OWNER = lists('by-owner', 'owner_id = $1')
const ALL = lists('all', '$1::uuid is null')

/** Newest first. */
export async function listOrders(
  db: Db,
  scope: Scope,
  { limit, offset, ...filter }: Filter & { limit: number; offset: number },
): Promise<Slice<Listed>> {
  const { list, count, values } = listsOf(scope, filter)
  const [page, counted] = await Promise.all([
    db.query<ListedRow>(list(...values, limit, offset)),
    db.query<{ count: number }>(count(...values)),
  ])
  return { items: page.rows.map(fromRow), total: counted.rows[0]!.count }
}

/** Newest first, those after the cursor, whose key is `placedAt`. */
export async function ordersAfter(
  db: Db,
  scope: Scope,
  { limit, cursor = NEWEST, ...filter }: Filter & { limit: number; cursor?: Cursor },
): Promise<Listed[]> {
  const { after, values } = listsOf(scope, filter)
  const statement = after(...values, limit, cursor.key, cursor.id)
  return (await db.query<ListedRow>(statement)).rows.map(fromRow)
}

type ListedRow = { state: OrderState; customer_name: string | null }

const fromRow = ({ state, customer_name }: ListedRow): Listed => ({
  ...state,
  ...(customer_name !== null && { customerName: customer_name }),
})

type Lists = Record<'list' | 'count' | 'after', (...values: unknown[]) => Statement>
type EitherWay = { plain: Lists; searched: Lists }

function listsOf(scope: Scope, { status, words }: Filter): Lists & { values: unknown[] } {
  const [{ plain, searched }, id] = scopeOf(scope)
  if (!words) return { ...plain, values: [id, status] }
  const query = words.map((word) => `${word}:*`).join(' & ')
  return { ...searched, values: [id, status, query] }
}

function scopeOf(scope: Scope): [EitherWay, id?: string] {
  if (scope === 'everybody') return [ALL]
  if ('customerId' in scope) return [BY_CUSTOMER, scope.customerId]
  if ('restaurantId' in scope) return [BY_RESTAURANT, scope.restaurantId]
  return [BY_OWNER, scope.ownerId]
}

// Two statements, not one with an `or`: a plan for both would use the index of neither.
function lists(name: string, scope: string): EitherWay {
  const from = `from orders o where ${scope} and ($2::text is null or status = $2)`
  // `offset 0` is a fence: without it PostgreSQL walks all orders, newest first, hoping to find twenty soon.
  const found = `from (select * ${from} and words @@ to_tsquery('simple', $3) offset 0) o where true`
  return { plain: listing(name, from, 3), searched: listing(`found-${name}`, found, 4) }
}

/** `next`: the first parameter that `from` does not use. */
function listing(name: string, from: string, next: number): Lists {
  const select = `select state, (select name from customers c where c.id = customer_id) as customer_name`
  return {
    list: statement(
      `tracking-list-${name}`,
      `${select} ${from} order by placed_at desc, id desc limit $${next} offset $${next + 1}`,
    ),
    // A comparison of rows, as the indexes are ordered: each page starts where the last one ended.
    after: statement(
      `tracking-list-after-${name}`,
      `${select} ${from} and (placed_at, id) < ($${next + 1}::timestamptz, $${next + 2}::uuid)
       order by placed_at desc, id desc limit $${next}`,
    ),
    count: statement(`tracking-count-${name}`, `select count(*) ${from}`),
  }
}
