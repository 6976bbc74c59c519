import type { Pool } from 'pg'
import { inBatches } from '#platform/in-batches.ts'
import { inTransaction } from '#platform/sql.ts'
import { announceRestaurant } from './announce.ts'
import { changedSince } from './store.ts'

const AT_A_TIME = 100

/** Says of every restaurant that has changed since then what it and its menu are now, in their version. */
export const sayAgain =
  ({ pool }: { pool: Pool }) =>
  async (since: Date): Promise<void> => {
    const next = (after: string) => changedSince(pool, since, { after, limit: AT_A_TIME })
    for await (const restaurants of inBatches(next, ({ id }) => id)) {
      await inTransaction(pool, async (tx) => {
        for (const { id, deleted } of restaurants) await announceRestaurant(tx, id, { deleted })
      })
    }
  }
