import { setTimeout as sleep } from 'node:timers/promises'
import type { Pool } from 'pg'
import { metrics } from '#contracts/metrics.ts'
import type { Outcome, OutgoingMessage } from './broker/publisher.ts'
import { listen } from './listen.ts'
import type { Log } from './log.ts'
import { gaugeFrom, published } from './metrics.ts'
import { type Db, inTransaction, statement } from './sql.ts'

const BATCH = 256
const POLL_MS = 1_000
const RETRY_MS = 500
const KEEP = '24 hours'

export type RelayDeps = {
  pool: Pool
  databaseUrl: string
  publish: (messages: OutgoingMessage[]) => Promise<Outcome[]>
  log: Log
}

type OutboxRow = {
  seq: number
  id: string
  message: string
  aggregate_id: string
  aggregate_version: number
  payload: object
  headers: Record<string, string>
  created_at: Date
}

// One relay per database at a time: two would overtake each other within an aggregate.
const LOCK = statement(
  'relay-lock',
  `select pg_try_advisory_xact_lock(hashtext('restofy.relay')) as mine`,
)
const PENDING = statement(
  'relay-pending',
  `select seq, id, message, aggregate_id, aggregate_version, payload, headers, created_at
   from outbox where published_at is null order by seq limit $1`,
)
const MARK = statement(
  'relay-mark',
  'update outbox set published_at = now() where seq = any($1::bigint[])',
)
const CLEAN = statement(
  'relay-clean',
  `with old as (
     select seq from outbox where published_at < now() - $1::interval limit 5000
   ), inboxed as (
     delete from inbox where received_at < now() - $1::interval
   ), answered as (
     delete from idempotency_keys where created_at < now() - $1::interval
   )
   delete from outbox using old where outbox.seq = old.seq`,
)

/**
 * Moves the outbox to the broker, oldest first, until stopped: woken by LISTEN, with a poll behind
 * it. A message is marked only when the broker has confirmed it; the rest stays and is tried again.
 */
export function startRelay(deps: RelayDeps): { stop: () => Promise<void> } {
  exportOutbox(deps.pool)
  const stopping = new AbortController()
  const wakeUps = listen(deps.databaseUrl, 'outbox', deps.log)
  const running = run(deps, wakeUps.next, stopping.signal)
  const cleaning = setInterval(() => {
    deps.pool.query(CLEAN(KEEP)).catch((err) => deps.log.warn({ err }, 'outbox not cleaned'))
  }, 60_000)
  return {
    async stop() {
      stopping.abort()
      clearInterval(cleaning)
      await wakeUps.stop()
      await running
    },
  }
}

async function run(
  deps: RelayDeps,
  wakeUp: (withinMs: number) => Promise<void>,
  stopping: AbortSignal,
): Promise<void> {
  while (!stopping.aborted) {
    try {
      const { found, confirmed } = await relayOnce(deps)
      if (confirmed < found) {
        deps.log.warn({ found, confirmed }, 'the broker did not take every message')
        await sleep(RETRY_MS)
      } else if (found < BATCH) {
        await wakeUp(POLL_MS)
      }
    } catch (error) {
      deps.log.warn({ err: error }, 'outbox relay paused')
      await sleep(RETRY_MS)
    }
  }
}

/** One batch. Returns how many were found and how many of them the broker confirmed. */
export async function relayOnce(
  deps: Pick<RelayDeps, 'pool' | 'publish'>,
): Promise<{ found: number; confirmed: number }> {
  return inTransaction(deps.pool, async (tx) => {
    const { rows: locks } = await tx.query<{ mine: boolean }>(LOCK())
    if (!locks[0]?.mine) return { found: 0, confirmed: 0 }
    const { rows } = await tx.query<OutboxRow>(PENDING(BATCH))
    if (rows.length === 0) return { found: 0, confirmed: 0 }
    const outcomes = await deps.publish(rows.map(toMessage))
    for (const outcome of outcomes) published.inc({ outcome })
    return { found: rows.length, confirmed: await mark(tx, rows, outcomes) }
  })
}

async function mark(tx: Db, rows: OutboxRow[], outcomes: Outcome[]): Promise<number> {
  const confirmed = rows.filter((_, i) => outcomes[i] === 'confirmed').map(({ seq }) => seq)
  if (confirmed.length > 0) await tx.query(MARK(confirmed))
  return confirmed.length
}

const toMessage = (row: OutboxRow): OutgoingMessage => ({
  id: row.id,
  name: row.message,
  body: Buffer.from(JSON.stringify(row.payload)),
  writtenAt: row.created_at,
  headers: {
    ...row.headers,
    'aggregate-id': row.aggregate_id,
    'aggregate-version': row.aggregate_version,
    'schema-version': 1,
  },
})

function exportOutbox(pool: Pool): void {
  const read = statement(
    'relay-depth',
    `select count(*) as pending,
            coalesce(extract(epoch from now() - min(created_at)), 0)::float8 as oldest
     from outbox where published_at is null`,
  )
  gaugeFrom(metrics.outboxPending, async () => {
    const { rows } = await pool.query<{ pending: number }>(read())
    return [{ value: rows[0]!.pending }]
  })
  gaugeFrom(metrics.outboxOldestAge, async () => {
    const { rows } = await pool.query<{ oldest: number }>(read())
    return [{ value: rows[0]!.oldest }]
  })
}
