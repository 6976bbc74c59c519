import type { Pool } from 'pg'
import { inTransaction } from '#platform/sql.ts'
import { type Refund, refundableCents } from './charge.ts'
import { chargeNotFound, keyReused, refundExceedsCharge } from './problems.ts'
import { findRefund, insertRefund, lockCharge } from './store.ts'

/** Gives money back once per key. Throws `charge-not-found`, `refund-exceeds-charge`. */
export function refundCharge(
  { pool, newId }: { pool: Pool; newId: () => string },
  { chargeId, key, amountCents }: Omit<Refund, 'id'>,
): Promise<Refund> {
  return inTransaction(pool, async (tx) => {
    const charge = await lockCharge(tx, chargeId)
    if (!charge) throw chargeNotFound(chargeId)
    const before = await findRefund(tx, chargeId, key)
    if (before && before.amountCents !== amountCents) throw keyReused()
    if (before) return before

    if (amountCents > refundableCents(charge)) throw refundExceedsCharge()
    const refund = { id: newId(), chargeId, key, amountCents }
    await insertRefund(tx, refund)
    return refund
  })
}
