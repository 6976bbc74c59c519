import type { Pool } from 'pg'
import { inBatches } from '#platform/in-batches.ts'
import { appendMessages, type Message } from '#platform/outbox.ts'
import { inTransaction } from '#platform/sql.ts'
import { changed, deleted, registered } from './messages.ts'
import { type ChangedAccount, changedSince } from './store.ts'

const AT_A_TIME = 100

/**
 * Says of every account that has changed since then what it is now. Whoever has heard it keeps the version
 * they know; a registration has the id it had.
 */
export const sayAgain =
  ({ pool }: { pool: Pool }) =>
  async (since: Date): Promise<void> => {
    const next = (after: string) => changedSince(pool, since, { after, limit: AT_A_TIME })
    for await (const accounts of inBatches(next, ({ id }) => id)) {
      await inTransaction(pool, (tx) => appendMessages(tx, accounts.flatMap(messagesOf)))
    }
  }

function messagesOf({ customer, id, version, isNew }: ChangedAccount): Message[] {
  if (!customer) return [deleted({ id, version })]
  const { version: _, ...first } = customer
  return [
    ...(isNew ? [registered({ ...first, version: 1 })] : []),
    ...(version > 1 ? [changed(customer)] : []),
  ]
}
