import type { Pool } from 'pg'

/** What is kept and what was said of it, seen at one moment. All amounts in cents. */
export type Snapshot = {
  captured: number
  saidCaptured: number
  refunded: number
  saidRefunded: number
  /** Payments whose promised refunds are not the sum of them, or more than was captured. */
  overPromised: number
}

// One statement sees one moment. What was cancelled gave back what admins had not given back before. Every
// command to cancel is answered, so one answer may be there several times.
const SNAPSHOT = `
  with cancelled as (
    select amount_cents - returned_cents as rest from payments
    join voided_orders using (order_id) where status = 'refunded'
  ), promised as (
    select payment_id, sum(amount_cents) as cents from refunds group by payment_id
  ), answers as (
    select distinct message, aggregate_id, payload->>'refundId' as refund,
           (payload->>'amountCents')::int as cents
    from outbox
  ), said as (
    select message, sum(cents) as cents from answers group by message
  )
  select
    (select coalesce(sum(amount_cents), 0) from payments
     where status in ('captured', 'refunded')) as "captured",
    (select coalesce(sum(cents), 0) from said where message = 'payment.captured') as "saidCaptured",
    (select coalesce(sum(amount_cents), 0) from refunds where status = 'done')
      + (select coalesce(sum(rest), 0) from cancelled) as "refunded",
    (select coalesce(sum(cents), 0) from said where message = 'payment.refunded') as "saidRefunded",
    (select count(*) from payments left join promised on payment_id = payments.id
     where returned_cents <> coalesce(cents, 0) or returned_cents > amount_cents) as "overPromised"`

export async function readSnapshot(pool: Pool): Promise<Snapshot> {
  const { rows } = await pool.query(SNAPSHOT)
  return Object.fromEntries(
    Object.entries(rows[0]).map(([name, value]) => [name, Number(value)]),
  ) as Snapshot
}

/** Money is what was said of it, at every moment. */
export const disagrees = (seen: Snapshot): boolean =>
  seen.captured !== seen.saidCaptured ||
  seen.refunded !== seen.saidRefunded ||
  seen.refunded > seen.captured ||
  seen.overPromised > 0

/** Payments and refunds without an end. */
export async function countPending(pool: Pool): Promise<number> {
  const { rows } = await pool.query(
    `select ((select count(*) from payments where status = 'pending')
           + (select count(*) from refunds where status = 'pending'))::int as pending`,
  )
  return rows[0].pending
}

export type Books = {
  payments: Map<string, { status: string; amountCents: number; cancelled: boolean }>
  refunds: Map<string, { status: string; amountCents: number }>
  /** The card network's, by payment: each key once, or it would not be its key. */
  ledger: Map<string, { capturedCents: number; refundedCents: number }>
  /** How often each payment and each refund was told to the world. */
  said: Map<string, number>
}

export async function readBooks(payment: Pool, acquirer: Pool): Promise<Books> {
  const payments = await payment.query(
    `select id, status, amount_cents as "amountCents", v.order_id is not null as cancelled
     from payments left join voided_orders v using (order_id)`,
  )
  const refunds = await payment.query(
    'select id, status, amount_cents as "amountCents" from refunds',
  )
  const said = await payment.query(
    `select coalesce(payload->>'refundId', payload->>'paymentId') as id, count(*)::int as times
     from outbox where payload->>'refundId' is not null or message = 'payment.captured' group by 1`,
  )
  const ledger = await acquirer.query(
    `select key as id, amount_cents as "capturedCents",
            (select coalesce(sum(amount_cents), 0)::int from refunds where charge_id = charges.id)
              as "refundedCents"
     from charges where status = 'captured'`,
  )
  return {
    payments: byId(payments.rows),
    refunds: byId(refunds.rows),
    ledger: byId(ledger.rows),
    said: new Map(said.rows.map(({ id, times }) => [id, times])),
  }
}

const byId = <Row extends { id: string }>(rows: Row[]) => new Map(rows.map((row) => [row.id, row]))
