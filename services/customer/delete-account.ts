import type { Pool } from 'pg'
import { appendMessages } from '#platform/outbox.ts'
import { inTransaction } from '#platform/sql.ts'
import { deleted } from './messages.ts'
import { customerNotFound } from './problems.ts'
import { buryCustomer } from './store.ts'

/** Forgets the person and ends every sign-in. Throws `customer-not-found`. */
export async function deleteAccount(
  { pool, now }: { pool: Pool; now: () => Date },
  id: string,
): Promise<void> {
  await inTransaction(pool, async (tx) => {
    const version = await buryCustomer(tx, id, now())
    if (version === undefined) throw customerNotFound(id)
    appendMessages(tx, [deleted({ id, version })])
  })
}
