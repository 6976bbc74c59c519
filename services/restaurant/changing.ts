import type { Pool } from 'pg'
import type { Log } from '#platform/log.ts'
import { inTransaction, type Tx } from '#platform/sql.ts'
import { viewsNotForgotten } from './observe.ts'
import type { Views } from './views.ts'

export type Changing = { pool: Pool; views: Pick<Views, 'forget'>; log: Log }

/**
 * One transaction that changes a restaurant or its menu. Once it has committed the views of before
 * are forgotten, so that its owner reads what was written. While Redis is away the change counts all the
 * same: hearing of it (consumers.ts) forgets them later.
 */
export async function changing<T>(
  { pool, views, log }: Changing,
  restaurantId: string,
  work: (tx: Tx) => Promise<T>,
): Promise<T> {
  const result = await inTransaction(pool, work)
  await views.forget(restaurantId).catch((error) => viewsNotForgotten(log, restaurantId, error))
  return result
}
