import type { Writable } from 'node:stream'
import pg, { type Pool, type PoolClient, type QueryResult, type QueryResultRow } from 'pg'
import { failpoint } from './failpoint.ts'
import { type Bulk, type Gathered, gatherer } from './gather.ts'
import type { Log } from './log.ts'
import { poolConnections, poolMax, poolPending } from './metrics.ts'

// bigint arrives as text by default; our cents, versions and counts stay below 2^53.
pg.types.setTypeParser(pg.types.builtins.INT8, Number)

export type Statement = { name: string; text: string; values: unknown[] }

/** Anything that runs a query: the pool, or the client that holds a transaction. */
export type Db = {
  query<Row extends QueryResultRow>(statement: Statement): Promise<QueryResult<Row>>
}

/** One transaction. What is gathered is written just before its COMMIT, many rows to a statement. */
export type Tx = Db & {
  gather<Row extends QueryResultRow>(bulk: Bulk, ...rows: object[]): Gathered<Row>
}

/** A named statement: planned once per connection, 1.4 to 1.8 times the throughput of an unnamed one. */
export const statement =
  (name: string, text: string) =>
  (...values: unknown[]): Statement => ({ name, text, values })

/**
 * Statement and lock times are bounded so that a stuck database costs a 503, not a hung caller; what
 * nobody waits for may say that its statements take longer.
 */
export function createPool(
  connectionString: string,
  log: Log,
  max = 10,
  statementMs = 5_000,
): Pool {
  const pool = new pg.Pool({
    connectionString,
    max,
    pipeline: true,
    connectionTimeoutMillis: 3_000,
    idleTimeoutMillis: 30_000,
    statement_timeout: statementMs,
    query_timeout: statementMs + 3_000,
    lock_timeout: 4_000,
    idle_in_transaction_session_timeout: 30_000,
  })
  // Without handlers an idle client's error, or a checked-out one's, ends the process.
  pool.on('error', (error) => log.warn({ err: error }, 'idle database connection lost'))
  pool.on('connect', (client) => {
    client.on('error', (error) => log.warn({ err: error }, 'database connection lost'))
    sendTogether(client)
  })
  exportPool(pool)
  poolMax.set(max)
  return pool
}

/**
 * Statements of one turn of the event loop leave in one write. node-postgres writes each pipelined
 * statement by itself, and waking PostgreSQL for each of them cost a seventh of a service's CPU.
 */
function sendTogether(client: PoolClient): void {
  const { stream } = (client as unknown as { connection: { stream: Writable } }).connection
  const query = client.query.bind(client) as (...args: unknown[]) => unknown
  const uncork = () => {
    corked = false
    stream.uncork()
  }
  let corked = false
  Object.assign(client, {
    query(...args: unknown[]) {
      if (!corked) {
        corked = true
        stream.cork()
        process.nextTick(uncork)
      }
      return query(...args)
    },
  })
}

const RETRYABLE = new Set(['40001', '40P01'])

/** Runs `work` in one transaction; serialisation failures and deadlocks are tried up to five times. */
export async function inTransaction<T>(pool: Pool, work: (tx: Tx) => T | Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await once(pool, work)
    } catch (error) {
      if (attempt >= 5 || !RETRYABLE.has((error as { code?: string }).code ?? '')) throw error
    }
  }
}

async function once<T>(pool: Pool, work: (tx: Tx) => T | Promise<T>): Promise<T> {
  const client = await pool.connect()
  let broken: Error | undefined
  try {
    // Not waited for: it leaves together with the first statement, one round trip less.
    const begun = client.query('begin')
    begun.catch(() => {})
    const { gather, flush } = gatherer(client as Db)
    const result = await work({ query: client.query.bind(client) as Db['query'], gather })
    await failpoint('C2')
    // All in one round trip: after a failed statement PostgreSQL turns the COMMIT into a ROLLBACK.
    await Promise.all([begun, ...flush(), commit(client)])
    return result
  } catch (error) {
    // A failed rollback means a dead connection; the first error is the one worth reporting.
    await client.query('rollback').catch((failure: Error) => {
      broken = failure
    })
    throw error
  } finally {
    client.release(broken)
  }
}

async function commit(client: PoolClient): Promise<void> {
  const { command } = await client.query('commit')
  // PostgreSQL answers COMMIT of a failed transaction with ROLLBACK, and node-postgres calls that success.
  if (command !== 'COMMIT') throw new Error('the transaction was rolled back at commit')
}

function exportPool(pool: Pool): void {
  Object.assign(poolConnections, {
    collect() {
      poolConnections.set({ db_client_connection_state: 'idle' }, pool.idleCount)
      poolConnections.set({ db_client_connection_state: 'used' }, pool.totalCount - pool.idleCount)
      poolPending.set(pool.waitingCount)
    },
  })
}
