import type { QueryResultRow } from 'pg'
import type { Db, Statement } from './sql.ts'

/** A named statement that takes many rows as one JSON array, for `json_to_recordset($1)`. */
export type Bulk = (rows: string) => Statement

/** What the statement returned, for all rows gathered for it. Throws before the transaction has committed. */
export type Gathered<Row> = () => readonly Row[]

type Batch = { rows: object[]; returned?: readonly QueryResultRow[] }

/**
 * Rows that are written just before COMMIT, all rows of one statement together: a transaction that
 * handles twenty messages writes their outbox rows with one statement instead of twenty.
 */
export function gatherer(db: Db) {
  const batches = new Map<Bulk, Batch>()
  return {
    /** Nothing is written yet when this returns: a later query of the same transaction does not see the row. */
    gather<Row extends QueryResultRow>(bulk: Bulk, ...rows: object[]): Gathered<Row> {
      const batch = batches.get(bulk) ?? { rows: [] }
      batches.set(bulk, batch)
      batch.rows.push(...rows)
      return () => {
        if (!batch.returned) throw new Error('gathered rows are known after the commit only')
        return batch.returned as readonly Row[]
      }
    },
    /** Sends the statements, in the order they were first used. */
    flush: (): Promise<void>[] =>
      [...batches].map(async ([bulk, batch]) => {
        batch.returned = (await db.query(bulk(JSON.stringify(batch.rows)))).rows
      }),
  }
}
