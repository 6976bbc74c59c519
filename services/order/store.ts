import type { OrderState } from '#contracts/order.ts'
import { type KeptAnswer, keepAnswer } from '#platform/idempotency-keys.ts'
import { type Message, OUTBOX_COLUMNS, OUTBOX_RECORD, outboxRows } from '#platform/outbox.ts'
import { type Db, statement } from '#platform/sql.ts'
import type { Carried } from '#platform/trace-context.ts'
import { shapeOf } from './events.ts'
import type { OrderEvent } from './order.ts'
import type { Saga } from './saga.ts'

/** An order with its saga, as one writer holds both. */
export type Held = { order: OrderState; saga: Saga; startedAt: Date; carried: Carried }

type HeldRow = { state: OrderState; saga: SagaJson; started_at: Date; carried: Carried }
type SagaJson = Omit<Saga, 'deadlineAt'> & { deadlineAt?: string }

// Event, snapshot, saga, messages and the answer to the request in one statement: atomic without BEGIN and COMMIT, and a third
// of the round trips' CPU. The same id twice changes nothing.
export const INSERT = statement(
  'order-insert',
  `with placed as (
     insert into orders (id, version, status, state, updated_at)
     values ($1, 1, 'placed', $2, $3) on conflict (id) do nothing returning id
   ), event as (
     insert into order_events (order_id, version, type, schema, payload, at)
     select id, 1, 'placed', ${shapeOf('placed')}, $4::jsonb, $3 from placed
   ), saga as (
     insert into sagas (order_id, state, saga, carried, started_at, deadline_at)
     select id, $5, $6::jsonb, $7::json, $3, $8 from placed
   ), messages as (
     insert into outbox ${OUTBOX_COLUMNS}
     select m.* from placed, json_to_recordset($9) as m ${OUTBOX_RECORD}
   ), answer as (
     ${keepAnswer('$10', 'placed')}
   )
   select id from placed`,
)
const FIND = statement('order-find', 'select state from orders where id = $1')
const LOCK = statement(
  'order-lock',
  `select o.state, s.saga, s.started_at, s.carried
   from orders o join sagas s on s.order_id = o.id where o.id = $1 for update`,
)
const UPDATE = statement(
  'order-update',
  `with snapshot as (
     update orders set version = $2, status = $3, state = $4, updated_at = $5 where id = $1
   ), saga as (
     update sagas set state = $6, saga = $7::jsonb, deadline_at = $8, finished_at = $9
     where order_id = $1
   ), events as (
     insert into order_events (order_id, version, type, schema, payload, at)
     select $1, version, payload ->> 'type', schema, payload, $5
     from jsonb_to_recordset($10) as e (version int, schema int, payload jsonb)
   )
   insert into outbox ${OUTBOX_COLUMNS}
   select m.* from json_to_recordset($11) as m ${OUTBOX_RECORD}`,
)
const DUE = statement(
  'saga-due',
  `select order_id from sagas where deadline_at <= $1
   order by deadline_at limit 1 for update skip locked`,
)
const OPEN = statement(
  'saga-open',
  `select state, count(*) as sagas,
          extract(epoch from now() - min(started_at))::float8 as oldest_seconds
   from sagas where finished_at is null group by state`,
)

const PARKED = statement(
  'saga-parked',
  `select order_id as "orderId", started_at as "startedAt" from sagas
   where state = 'parked' and finished_at is null order by started_at limit 100`,
)

export type NewOrder = {
  held: Pick<Held, 'order' | 'saga' | 'carried'>
  event: OrderEvent
  messages: readonly Message[]
  answer?: KeptAnswer
}

/** Stores a new order with its saga, its messages and its answer. False: this id had been placed before. */
export async function insertOrder(db: Db, order: NewOrder): Promise<boolean> {
  return (await db.query(INSERT(...insertValues(order)))).rowCount === 1
}

export const insertValues = ({ held, event, messages, answer }: NewOrder): unknown[] => [
  held.order.id,
  JSON.stringify(held.order),
  held.order.placedAt,
  JSON.stringify(event),
  held.saga.state,
  JSON.stringify(held.saga),
  JSON.stringify(held.carried),
  held.saga.deadlineAt ?? null,
  JSON.stringify(outboxRows(messages)),
  answer ? JSON.stringify(answer) : null,
]

export async function findOrder(db: Db, id: string): Promise<OrderState | undefined> {
  const { rows } = await db.query<{ state: OrderState }>(FIND(id))
  return rows[0]?.state
}

/** Locks order and saga until the transaction ends: messages about one order take turns. */
export async function lockOrder(tx: Db, id: string): Promise<Held | undefined> {
  const { rows } = await tx.query<HeldRow>(LOCK(id))
  const [row] = rows
  if (!row) return undefined
  const { deadlineAt, ...saga } = row.saga
  return {
    order: row.state,
    saga: { ...saga, ...(deadlineAt && { deadlineAt: new Date(deadlineAt) }) },
    startedAt: row.started_at,
    carried: row.carried,
  }
}

export type Change = {
  order: OrderState
  saga: Saga
  events: readonly OrderEvent[]
  messages: readonly Message[]
  at: Date
}

/** Appends the events and brings snapshot, saga and outbox along; call it after `lockOrder` in the same `tx`. */
export async function updateOrder(tx: Db, change: Change): Promise<void> {
  const { order, saga, events, messages, at } = change
  const first = order.version - events.length + 1
  const finished = saga.state === 'completed' || saga.state === 'cancelled'
  await tx.query(
    UPDATE(
      order.id,
      order.version,
      order.status,
      JSON.stringify(order),
      at,
      saga.state,
      JSON.stringify(saga),
      saga.deadlineAt ?? null,
      finished ? at : null,
      JSON.stringify(events.map((event, i) => eventRow(event, first + i))),
      JSON.stringify(outboxRows(messages)),
    ),
  )
}

const eventRow = (payload: OrderEvent, version: number) => ({
  version,
  schema: shapeOf(payload.type),
  payload,
})

/** An order whose saga is past its deadline, locked; other workers look elsewhere. */
export async function lockDueSaga(tx: Db, now: Date): Promise<string | undefined> {
  const { rows } = await tx.query<{ order_id: string }>(DUE(now))
  return rows[0]?.order_id
}

/** How many sagas are in one state, and since when the oldest of them has been on its way. */
export type OpenSagas = { state: string; sagas: number; oldest_seconds: number }

/** Sagas that wait for a human, the oldest first. */
export async function parkedSagas(db: Db): Promise<{ orderId: string; startedAt: Date }[]> {
  return (await db.query<{ orderId: string; startedAt: Date }>(PARKED())).rows
}

export async function openSagas(db: Db): Promise<OpenSagas[]> {
  return (await db.query<OpenSagas>(OPEN())).rows
}
