import pg from 'pg'
import type { Profile } from '../../deploy/host/profile.ts'
import type { Secrets } from '../../deploy/host/secrets.ts'
import { databaseUrl } from '../../deploy/host/urls.ts'
import { services } from '../../services/catalogue.ts'
import type { EventRow, Facts, Line, Snapshot } from './facts.ts'
import { readQueues } from './queues.ts'

type Place = { profile: Profile; secrets: Secrets }

/** Reads everything as it is now. Nothing is locked: judge it once nothing moves any more. */
export async function readFacts(place: Place): Promise<Facts> {
  const [
    order,
    payments,
    charges,
    inventory,
    notifications,
    unsentMail,
    readModel,
    outbox,
    queues,
  ] = await Promise.all([
    readOrders(place),
    rowsOf(place, 'payment', PAYMENTS) as Promise<Facts['payments']>,
    rowsOf(place, 'acquirer', CHARGES) as Promise<Facts['charges']>,
    readInventory(place),
    rowsOf(place, 'notification', NOTIFICATIONS) as Promise<Facts['notifications']>,
    rowsOf(place, 'notification', UNSENT_MAIL) as Promise<Facts['unsentMail']>,
    rowsOf(place, 'tracking', 'select id, state from orders') as Promise<Snapshot[]>,
    readOutboxes(place),
    readQueues(place.profile, place.secrets),
  ])
  return {
    ...order,
    payments,
    charges,
    ...inventory,
    notifications,
    unsentMail,
    readModel,
    outbox,
    queues,
  }
}

const EVENTS = `select order_id as "orderId", version, type, schema, payload, at from order_events`
const SAGAS = `select order_id as "orderId", state, finished_at is not null as over,
    state = 'process-payment' and coalesce((saga ->> 'paysLater')::boolean, false)
      and deadline_at > now() as "waitsForPayment"
  from sagas`
const PAYMENTS = `select id, order_id as "orderId", amount_cents as "amountCents", status from payments`
const CHARGES = `select key, status, amount_cents as "amountCents",
    coalesce((select sum(amount_cents) from refunds where charge_id = charges.id), 0)::int
      as "refundedCents"
  from charges`
const RESERVATIONS = 'select order_id as "orderId", status, lines from reservations'
const STOCK = 'select menu_item_id as "menuItemId", available, reserved from stock'
const NOTIFICATIONS = 'select id, order_id as "orderId", kind from notifications'

const UNSENT_MAIL = `select id, kind, failure, due_at < now() as due
  from unsent_mail join notifications on id = notification_id`

async function readOrders(place: Place) {
  const [events, snapshots, sagas] = await Promise.all([
    rowsOf(place, 'order', EVENTS) as Promise<EventRow[]>,
    rowsOf(place, 'order', 'select id, state from orders') as Promise<Snapshot[]>,
    rowsOf(place, 'order', SAGAS) as Promise<Facts['sagas']>,
  ])
  return { events, snapshots, sagas }
}

async function readInventory(place: Place) {
  const [reservations, stock] = await Promise.all([
    rowsOf(place, 'inventory', RESERVATIONS) as Promise<
      { orderId: string; status: string; lines: Line[] }[]
    >,
    rowsOf(place, 'inventory', STOCK) as Promise<Facts['stock']>,
  ])
  return { reservations, stock }
}

export async function readOutboxes(place: Place): Promise<Facts['outbox']> {
  const stores = services.filter(({ needs }) => needs.includes('postgres'))
  const all = await Promise.all(
    stores.map(async ({ name }) =>
      (await rowsOf(place, name, 'select id, message from outbox')).map((row) => ({
        service: name,
        ...(row as { id: string; message: string }),
      })),
    ),
  )
  return all.flat()
}

async function rowsOf(
  { profile, secrets }: Place,
  database: string,
  sql: string,
): Promise<unknown[]> {
  const login = { user: 'restofy', password: secrets.postgres, database }
  const client = new pg.Client({ connectionString: databaseUrl(profile, login) })
  // A server that is killed meanwhile fails the query, which says so.
  client.on('error', () => {})
  await client.connect()
  try {
    return (await client.query(sql)).rows
  } finally {
    await client.end()
  }
}
