import { setTimeout as sleep } from 'node:timers/promises'
import type { Pool, PoolClient } from 'pg'
import { SCHEMA_VERSION } from '#contracts/messages.ts'
import { metrics } from '#contracts/metrics.ts'
import type { Outcome, OutgoingMessage } from './broker/publisher.ts'
import { every } from './every.ts'
import { failpoint, without } from './failpoint.ts'
import type { Log } from './log.ts'
import { gaugeFrom, published } from './metrics.ts'
import { type Db, statement } from './sql.ts'

const BATCH = 256
const POLL_MS = 1_000
const RETRY_MS = 500
const GATHER_MS = 25
const CLEAN_EVERY_MS = 60_000
const KEEP = '24 hours'

export type RelayDeps = {
  pool: Pool
  publish: (messages: OutgoingMessage[]) => Promise<Outcome[]>
  log: Log
  /** How long a lost notification may delay a message. */
  pollMs?: number
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

// One relay per database at a time: two would overtake each other within an aggregate. The lock is
// the connection's: when either dies, another relay takes over.
const LEAD = statement(
  'relay-lead',
  `select pg_try_advisory_lock(hashtext('restofy.relay')) as mine`,
)
const LEADING = [
  'listen outbox',
  // A deletion that a crash undoes only means that a message is published twice.
  'set synchronous_commit = off',
  // Plans made while the table is empty would read all of it, with what vacuum has not yet taken away.
  'set enable_seqscan = off',
  // The lead is a lease: who is not heard of for so long, because its machine has vanished or it stands
  // still, loses the connection and with it the lock. Longer than any publish and any poll.
  `set idle_session_timeout = '15s'`,
]
const PENDING = statement(
  'relay-pending',
  `select seq, id, message, aggregate_id, aggregate_version, payload, headers, created_at
   from outbox where seq > $2 order by seq limit $1`,
)
const FORGET = statement('relay-forget', 'delete from outbox where seq = any($1::bigint[])')
const CLEAN = statement(
  'relay-clean',
  `with heard as (delete from inbox where received_at < now() - $1::interval)
   delete from idempotency_keys where created_at < now() - $1::interval`,
)

/**
 * Moves the outbox to the broker, oldest first, until stopped: woken by LISTEN, with a poll behind
 * it. A message is deleted only when the broker has confirmed it; the rest stays and is tried again.
 */
export function startRelay(deps: RelayDeps): { stop: () => Promise<void> } {
  exportOutbox(deps.pool)
  const stopping = new AbortController()
  const running = run(deps, stopping.signal)
  const cleaning = every(CLEAN_EVERY_MS, deps.log, () => deps.pool.query(CLEAN(KEEP)))
  return {
    async stop() {
      stopping.abort()
      await Promise.all([cleaning.stop(), running])
    },
  }
}

async function run(deps: RelayDeps, stopping: AbortSignal): Promise<void> {
  while (!stopping.aborted) {
    await lead(deps, stopping).catch((err) => deps.log.warn({ err }, 'outbox relay paused'))
    await pause(RETRY_MS, stopping)
  }
}

/** Relays for as long as this connection holds the lock; returns at once when another one has it. */
async function lead(deps: RelayDeps, stopping: AbortSignal): Promise<void> {
  const client = await deps.pool.connect()
  try {
    const { rows } = await client.query<{ mine: boolean }>(LEAD())
    if (!rows[0]?.mine) return
    const news = wakeUps(client, stopping)
    for (const command of LEADING) await client.query(command)
    let after = 0
    while (!stopping.aborted) {
      const batch = await relayOnce({ db: client as Db, publish: deps.publish, after })
      const { found, confirmed } = batch
      after = batch.goOnAfter
      if (confirmed < found) {
        deps.log.warn({ found, confirmed }, 'the broker did not take every message')
        if (after > 0) continue
        await pause(RETRY_MS, stopping)
      } else if (found < BATCH) {
        // Under load the next messages are there by then, and share one publish and one deletion.
        await sleep(GATHER_MS)
        await news.next(deps.pollMs ?? POLL_MS)
      }
    }
  } finally {
    // Destroyed, not returned: the lock and the LISTEN belong to the connection.
    client.release(true)
  }
}

/**
 * One batch. Returns how many were found and how many of them the broker confirmed. A full batch with
 * returned messages is to be gone past: they must not hold up what others wait for. Always from 0
 * again afterwards, because a number may be committed after a higher one.
 */
export async function relayOnce(deps: {
  db: Db
  publish: RelayDeps['publish']
  after?: number
}): Promise<{ found: number; confirmed: number; goOnAfter: number }> {
  const { rows } = await deps.db.query<OutboxRow>(PENDING(BATCH, deps.after ?? 0))
  if (rows.length === 0) return { found: 0, confirmed: 0, goOnAfter: 0 }
  await failpoint('C5')
  const publishing = deps.publish(rows.map(toMessage))
  await failpoint('C6')
  const outcomes = without('confirm') ? rows.map(() => 'confirmed' as const) : await publishing
  await failpoint('C7')
  for (const outcome of outcomes) published.inc({ outcome })
  const goOn =
    rows.length === BATCH && outcomes.includes('returned') && !outcomes.includes('failed')
  return {
    found: rows.length,
    confirmed: await forget(deps.db, rows, outcomes),
    goOnAfter: goOn ? rows.at(-1)!.seq : 0,
  }
}

/** Notifications of this connection; one that comes while nobody waits ends the next wait at once. */
function wakeUps(client: PoolClient, stopping: AbortSignal) {
  let pending = false
  let wake: (() => void) | undefined
  stopping.addEventListener('abort', () => wake?.())
  client.on('notification', () => {
    pending = true
    wake?.()
  })
  return {
    async next(withinMs: number): Promise<void> {
      if (!pending && !stopping.aborted) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, withinMs)
          wake = () => {
            clearTimeout(timer)
            resolve()
          }
        })
        wake = undefined
      }
      pending = false
    },
  }
}

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  sleep(ms, undefined, { signal }).catch(() => {})

async function forget(db: Db, rows: OutboxRow[], outcomes: Outcome[]): Promise<number> {
  const confirmed = rows.filter((_, i) => outcomes[i] === 'confirmed').map(({ seq }) => seq)
  if (confirmed.length > 0) await db.query(FORGET(confirmed))
  await failpoint('C8')
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
    'schema-version': SCHEMA_VERSION,
  },
})

function exportOutbox(pool: Pool): void {
  const read = statement(
    'relay-depth',
    `select count(*) as pending,
            coalesce(extract(epoch from now() - min(created_at)), 0)::float8 as oldest
     from outbox`,
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
