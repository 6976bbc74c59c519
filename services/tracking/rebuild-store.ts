import type { OrderState } from '#contracts/order.ts'
import { type Db, statement } from '#platform/sql.ts'
import { ORDER_COLUMNS, orderRow, saveInto } from './store.ts'

// Of this transaction alone, and gone with it: nobody ever sees half a model, or what a dead rebuild left.
const CREATE = statement(
  'tracking-rebuild-create',
  'create temporary table rebuilt (like orders, primary key (id)) on commit drop',
)
const SAVE = statement('tracking-rebuild-save', saveInto('rebuilt'))
const DIFFERENCES = statement(
  'tracking-rebuild-differences',
  `select id, o.version as live, r.version as rebuilt
   from orders o full join rebuilt r using (id)
   where ($1::uuid is null or id = $1)
     and (o.customer_id, o.restaurant_id, o.owner_id, o.status, o.version, o.placed_at, o.words,
       o.state::jsonb)
     is distinct from
     (r.customer_id, r.restaurant_id, r.owner_id, r.status, r.version, r.placed_at, r.words,
       r.state::jsonb)
   order by id`,
)
// The projector goes on meanwhile: what it has made newer stays, unless it is known to be wrong.
const MEND = statement(
  'tracking-rebuild-mend',
  `insert into orders ${ORDER_COLUMNS}
   select id, customer_id, restaurant_id, owner_id, status, version, placed_at, state, words
   from rebuilt
   where id = any($1::uuid[]) order by id
   on conflict (id) do update
     set ${ORDER_COLUMNS} = row (excluded.id, excluded.customer_id, excluded.restaurant_id,
       excluded.owner_id, excluded.status, excluded.version, excluded.placed_at, excluded.state,
       excluded.words)
     where orders.version <= excluded.version or orders.id = any($2::uuid[])`,
)
const REMOVE = statement('tracking-rebuild-remove', 'delete from orders where id = any($1::uuid[])')

// `now()` is when the rebuild began: what was parked before that has been read since, or never was.
const UNPARK = statement(
  'tracking-rebuild-unpark',
  `delete from parked_orders
   where ($1::uuid is null or order_id = $1) and parked_at < now() and not order_id = any($2::uuid[])`,
)
const COUNT = statement('tracking-rebuild-count', 'select count(*) from rebuilt')

/** The versions of an order that is not the same in both models; null: it is not there. */
export type Difference = { id: string; live: number | null; rebuilt: number | null }

export async function createRebuilt(tx: Db): Promise<void> {
  await tx.query(CREATE())
}

export async function saveRebuilt(tx: Db, orders: readonly OrderState[]): Promise<void> {
  await tx.query(SAVE(JSON.stringify(orders.map(orderRow))))
}

export async function countRebuilt(tx: Db): Promise<number> {
  return (await tx.query<{ count: number }>(COUNT())).rows[0]!.count
}

/** Of all orders, or of one. */
export async function differences(tx: Db, orderId: string | undefined): Promise<Difference[]> {
  return (await tx.query<Difference>(DIFFERENCES(orderId))).rows
}

/** Writes the rebuilt orders over the live ones, and removes those that no event has made. */
export async function mendOrders(tx: Db, differing: readonly Difference[]): Promise<void> {
  const idsOf = (which: readonly Difference[]) => which.map(({ id }) => id)
  const made = differing.filter(({ rebuilt }) => rebuilt !== null)
  await tx.query(MEND(idsOf(made), idsOf(made.filter(isAhead))))
  await tx.query(REMOVE(idsOf(differing.filter(({ rebuilt }) => rebuilt === null))))
}

/** The live model knows more of this order than the events that were read. */
export const isAhead = ({ live, rebuilt }: Difference): boolean => (live ?? 0) > (rebuilt ?? 0)

/** Nothing waits any more for what is projected now; the broken ones do. */
export async function unparkOrders(
  tx: Db,
  orderId: string | undefined,
  broken: readonly string[],
): Promise<void> {
  await tx.query(UNPARK(orderId, broken))
}
