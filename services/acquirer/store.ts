import { type Db, statement } from '#platform/sql.ts'
import type { Charge, ChargeRequest, Refund } from './charge.ts'

type ChargeRow = {
  id: string
  key: string
  status: Charge['status']
  amount_cents: number
  currency: string
  token: string
  refunded_cents: number
}
type RefundRow = { id: string; charge_id: string; key: string; amount_cents: number }

const CHARGE = `select c.*, (select coalesce(sum(r.amount_cents), 0) from refunds r
                             where r.charge_id = c.id) as refunded_cents from charges c`

const INSERT = statement(
  'acquirer-charge',
  `insert into charges (id, key, status, amount_cents, currency, token)
   values ($1, $2, $3, $4, $5, $6) on conflict (key) do nothing
   returning *, 0 as refunded_cents`,
)
const FIND_BY_KEY = statement('acquirer-find-by-key', `${CHARGE} where c.key = $1`)
const FIND = statement('acquirer-find', `${CHARGE} where c.id = $1`)
const LOCK = statement('acquirer-lock', 'select from charges where id = $1 for update')
const FAIL = statement(
  'acquirer-fail',
  `insert into failures (key, count) values ($1, 1)
   on conflict (key) do update set count = failures.count + 1 returning count`,
)
const INSERT_REFUND = statement(
  'acquirer-refund',
  'insert into refunds (id, charge_id, key, amount_cents) values ($1, $2, $3, $4)',
)
const FIND_REFUND = statement(
  'acquirer-find-refund',
  'select id, charge_id, key, amount_cents from refunds where charge_id = $1 and key = $2',
)
const TOTALS = statement(
  'acquirer-totals',
  `select (select coalesce(sum(amount_cents), 0) from charges where status = 'captured') as captured,
          (select coalesce(sum(amount_cents), 0) from refunds) as refunded,
          (select count(*) from charges) as charges`,
)

/** Undefined: the key has been used. */
export async function insertCharge(
  db: Db,
  id: string,
  status: Charge['status'],
  { key, amountCents, currency, token }: ChargeRequest,
): Promise<Charge | undefined> {
  const { rows } = await db.query<ChargeRow>(INSERT(id, key, status, amountCents, currency, token))
  return rows[0] && fromRow(rows[0])
}

export async function findByKey(db: Db, key: string): Promise<Charge | undefined> {
  const { rows } = await db.query<ChargeRow>(FIND_BY_KEY(key))
  return rows[0] && fromRow(rows[0])
}

/** Locks the charge until the transaction ends: refunds of one charge are counted one by one. */
export async function lockCharge(tx: Db, id: string): Promise<Charge | undefined> {
  await tx.query(LOCK(id))
  // A second statement: the sum must see what others committed while this one waited for the lock.
  const { rows } = await tx.query<ChargeRow>(FIND(id))
  return rows[0] && fromRow(rows[0])
}

/** How often this key has failed, this time included. */
export async function countFailure(db: Db, key: string): Promise<number> {
  return (await db.query<{ count: number }>(FAIL(key))).rows[0]!.count
}

export async function insertRefund(tx: Db, refund: Refund): Promise<void> {
  await tx.query(INSERT_REFUND(refund.id, refund.chargeId, refund.key, refund.amountCents))
}

export async function findRefund(
  db: Db,
  chargeId: string,
  key: string,
): Promise<Refund | undefined> {
  const row = (await db.query<RefundRow>(FIND_REFUND(chargeId, key))).rows[0]
  if (!row) return undefined
  return { id: row.id, chargeId: row.charge_id, key: row.key, amountCents: row.amount_cents }
}

/** Cents taken and given back, and how many charges were tried. */
export async function totals(
  db: Db,
): Promise<{ captured: number; refunded: number; charges: number }> {
  const { rows } = await db.query<{ captured: number; refunded: number; charges: number }>(TOTALS())
  return rows[0]!
}

const fromRow = (row: ChargeRow): Charge => ({
  id: row.id,
  key: row.key,
  status: row.status,
  amountCents: row.amount_cents,
  currency: row.currency,
  token: row.token,
  refundedCents: row.refunded_cents,
})
