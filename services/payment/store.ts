import { type Db, statement } from '#platform/sql.ts'
import type { Draft, Payment, PaymentStatus } from './payment.ts'

type PaymentRow = {
  id: string
  order_id: string
  customer_id: string
  amount_cents: number
  currency: 'EUR'
  method: string
  token: string | null
  status: PaymentStatus
  charge_id: string | null
  returned_cents: number
  created_at: Date
}

const TURN = statement('payment-turn', 'select pg_advisory_xact_lock(hashtextextended($1, 0))')
const NEW = `insert into payments
     (id, order_id, customer_id, amount_cents, currency, method, token, status, created_at)
   select $1, $2, $3, $4, $5, $6, $7, 'pending', $8
   where not exists (select from voided_orders where order_id = $2)`
const INSERT = statement('payment-insert', `${NEW} on conflict do nothing`)
const INSERT_FIRST = statement(
  'payment-insert-first',
  `${NEW} and not exists (select from payments where order_id = $2) on conflict do nothing`,
)
const FIND = statement('payment-find', 'select * from payments where id = $1')
const LATEST = statement(
  'payment-latest',
  `select * from payments where order_id = $1
   order by (status <> 'declined') desc, created_at desc limit 1`,
)
const SETTLE = statement(
  'payment-settle',
  `update payments set status = $2, charge_id = coalesce($3, charge_id), token = null, settled_at = now()
   where id = $1 and status = any($4::text[])
   returning *`,
)
const VOID = statement(
  'payment-void',
  'insert into voided_orders (order_id) values ($1) on conflict do nothing',
)
const VOIDED = statement('payment-voided', 'select from voided_orders where order_id = $1')
const UNSETTLED = statement(
  'payment-unsettled',
  `select * from payments where status = 'pending' and created_at < $1
   order by created_at limit 50`,
)

/** Payments, refunds and voids of one order take turns until the transaction ends. */
export async function takeTurn(tx: Db, orderId: string): Promise<void> {
  await tx.query(TURN(orderId))
}

/** False: the order was voided, or has a live payment already. */
export async function insertPayment(tx: Db, draft: Draft): Promise<boolean> {
  return (await tx.query(INSERT(...valuesOf(draft)))).rowCount === 1
}

/** Does nothing when the order was voided, or has a payment of any kind. */
export async function insertFirstPayment(tx: Db, draft: Draft): Promise<void> {
  await tx.query(INSERT_FIRST(...valuesOf(draft)))
}

export async function findPayment(db: Db, id: string): Promise<Payment | undefined> {
  const { rows } = await db.query<PaymentRow>(FIND(id))
  return rows[0] && fromRow(rows[0])
}

/** The order's live payment, or its last declined one. */
export async function latestPayment(db: Db, orderId: string): Promise<Payment | undefined> {
  const { rows } = await db.query<PaymentRow>(LATEST(orderId))
  return rows[0] && fromRow(rows[0])
}

/** Moves a payment on. Undefined: it was in none of the states `from`, so somebody else was quicker. */
export async function settlePayment(
  tx: Db,
  id: string,
  to: { status: PaymentStatus; chargeId?: string },
  from: readonly PaymentStatus[],
): Promise<Payment | undefined> {
  const { rows } = await tx.query<PaymentRow>(SETTLE(id, to.status, to.chargeId ?? null, from))
  return rows[0] && fromRow(rows[0])
}

/** From now on nothing can be charged for this order. */
export async function voidOrder(tx: Db, orderId: string): Promise<void> {
  await tx.query(VOID(orderId))
}

/** True when the order was cancelled: then everything goes back, and nothing by hand. */
export async function isVoided(db: Db, orderId: string): Promise<boolean> {
  return (await db.query(VOIDED(orderId))).rowCount === 1
}

/** Payments still without an outcome that were made before `before`. */
export async function unsettledPayments(db: Db, before: Date): Promise<Payment[]> {
  const { rows } = await db.query<PaymentRow>(UNSETTLED(before))
  return rows.map(fromRow)
}

const valuesOf = (draft: Draft) => {
  const { id, orderId, customerId, amountCents, currency, method, token, createdAt } = draft
  return [id, orderId, customerId, amountCents, currency, method, token, createdAt]
}

const fromRow = (row: PaymentRow): Payment => ({
  id: row.id,
  orderId: row.order_id,
  customerId: row.customer_id,
  amountCents: row.amount_cents,
  currency: row.currency,
  method: row.method,
  token: row.token ?? undefined,
  status: row.status,
  chargeId: row.charge_id ?? undefined,
  returnedCents: row.returned_cents,
  createdAt: row.created_at,
})
