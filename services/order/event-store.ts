import type { OrderState } from '#contracts/order.ts'
import { inBatches } from '#platform/in-batches.ts'
import { type Db, statement } from '#platform/sql.ts'
import type { StoredEvent } from './replay.ts'

const EVENTS = statement(
  'order-events',
  `select version, type, schema, payload, at from order_events
   where order_id = $1 order by version`,
)
// One statement sees one moment: an order that moves meanwhile does not look wrong.
const NEXT = statement(
  'order-replay-next',
  `select e.order_id, o.state, e.events
   from (select order_id, json_agg(json_build_object('version', version, 'type', type,
                  'schema', schema, 'payload', payload, 'at', at) order by version) as events
         from order_events
         where order_id in (select distinct order_id from order_events where order_id > $1
                            order by order_id limit $2)
         group by order_id) e
   left join orders o on o.id = e.order_id
   order by e.order_id`,
)
const LOCK = statement('order-replay-lock', 'select from orders where id = $1 for update')
const RESTORE = statement(
  'order-restore',
  `insert into orders (id, version, status, state, updated_at) values ($1, $2, $3, $4, $5)
   on conflict (id) do update set version = $2, status = $3, state = $4`,
)

export async function findEvents(db: Db, orderId: string): Promise<StoredEvent[]> {
  return (await db.query<StoredEvent>(EVENTS(orderId))).rows
}

export type Recorded = { orderId: string; snapshot?: OrderState; events: StoredEvent[] }

/** All orders that follow `after` by their ids, so many at a time. */
export const allOrders = (db: Db, atATime: number, after?: string): AsyncGenerator<Recorded[]> =>
  inBatches(
    (last) => nextOrders(db, last, atATime),
    ({ orderId }) => orderId,
    after,
  )

/** With all their events, and their snapshots as they are. */
async function nextOrders(db: Db, after: string, limit: number): Promise<Recorded[]> {
  const { rows } = await db.query<{
    order_id: string
    state: OrderState | null
    events: (Omit<StoredEvent, 'at'> & { at: string })[]
  }>(NEXT(after, limit))
  return rows.map(({ order_id, state, events }) => ({
    orderId: order_id,
    snapshot: state ?? undefined,
    events: events.map((event) => ({ ...event, at: new Date(event.at) })),
  }))
}

/** Writers of this order wait until the transaction ends. */
export async function lockSnapshot(tx: Db, orderId: string): Promise<void> {
  await tx.query(LOCK(orderId))
}

export async function restoreSnapshot(tx: Db, order: OrderState, at: Date): Promise<void> {
  await tx.query(RESTORE(order.id, order.version, order.status, JSON.stringify(order), at))
}
