import { type Db, statement } from '#platform/sql.ts'

const PARK = statement(
  'tracking-park',
  `insert into parked_orders (order_id, version, reason) values ($1, $2, $3)
   on conflict (order_id) do update
     set version = excluded.version, reason = excluded.reason, parked_at = now()
     where excluded.version > parked_orders.version`,
)
const STILL_PARKED = `from parked_orders p
   where not exists (select from orders o where o.id = p.order_id and o.version >= p.version)`
const PARKED = statement(
  'tracking-parked',
  `select order_id as "orderId", version, reason, parked_at as "parkedAt" ${STILL_PARKED}
   order by parked_at`,
)
const COUNT = statement('tracking-parked-count', `select count(*) ${STILL_PARKED}`)

/** An order that is shown as it was before `version`, and why. */
export type Parked = { orderId: string; version: number; reason: string; parkedAt: Date }

export async function parkOrder(
  db: Db,
  { orderId, version, reason }: Omit<Parked, 'parkedAt'>,
): Promise<void> {
  await db.query(PARK(orderId, version, reason))
}

export async function parkedOrders(db: Db): Promise<Parked[]> {
  return (await db.query<Parked>(PARKED())).rows
}

export async function countParked(db: Db): Promise<number> {
  return (await db.query<{ count: number }>(COUNT())).rows[0]!.count
}
