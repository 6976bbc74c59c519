import { type Db, statement } from '#platform/sql.ts'
import type { Refund } from './refund.ts'

type RefundRow = {
  id: string
  payment_id: string
  amount_cents: number
  reason: string
  status: Refund['status']
  created_at: Date
}

// Nothing is returned of more than was captured, nor of an order whose cancelling returns everything.
const START = statement(
  'refund-start',
  `with promised as (
     update payments p set returned_cents = returned_cents + $3
     where id = $2 and status = 'captured' and returned_cents + $3 <= amount_cents
       and not exists (select from voided_orders v where v.order_id = p.order_id)
       and not exists (select from refunds where refunds.id = $1)
     returning id
   )
   insert into refunds (id, payment_id, amount_cents, reason, status, created_at)
   select $1, id, $3, $4, 'pending', $5 from promised`,
)
const FIND = statement('refund-find', 'select * from refunds where id = $1')
const FINISH = statement(
  'refund-finish',
  `with done as (
     update refunds set status = 'done' where id = $1 and status = 'pending' returning payment_id
   )
   update payments p
   set status = case when returned_cents = amount_cents and not exists (
                  select from refunds r where r.payment_id = p.id and r.id <> $1 and r.status = 'pending')
                then 'refunded' else p.status end
   from done where p.id = done.payment_id`,
)
const UNFINISHED = statement(
  'refund-unfinished',
  `select * from refunds where status = 'pending' and created_at < $1
   order by created_at limit 50`,
)

/** Promises to give this much back. False, and nothing is promised: that much is not there to be given. */
export async function startRefund(tx: Db, refund: Omit<Refund, 'status'>): Promise<boolean> {
  const { id, paymentId, amountCents, reason, createdAt } = refund
  return (await tx.query(START(id, paymentId, amountCents, reason, createdAt))).rowCount === 1
}

export async function findRefund(db: Db, id: string): Promise<Refund | undefined> {
  const { rows } = await db.query<RefundRow>(FIND(id))
  return rows[0] && fromRow(rows[0])
}

/** The card network has given it back. False: somebody else has stored that before. */
export async function finishRefund(tx: Db, id: string): Promise<boolean> {
  return (await tx.query(FINISH(id))).rowCount === 1
}

/** Refunds still pending that were started before `before`. */
export async function unfinishedRefunds(db: Db, before: Date): Promise<Refund[]> {
  return (await db.query<RefundRow>(UNFINISHED(before))).rows.map(fromRow)
}

const fromRow = (row: RefundRow): Refund => ({
  id: row.id,
  paymentId: row.payment_id,
  amountCents: row.amount_cents,
  reason: row.reason,
  status: row.status,
  createdAt: row.created_at,
})
