import { AsyncResource } from 'node:async_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Pool } from 'pg'
import { failpoint } from '../failpoint.ts'
import { inTransaction, statement, type Tx } from '../sql.ts'

type Work = (tx: Tx) => Promise<void> | void
type Waiting = {
  queue: string
  messageId: string
  work: Work
  resolve: (fresh: boolean) => void
  reject: (error: unknown) => void
}

const MOST_TOGETHER = 32
/** Forty transactions a second at most, so that under load several messages share one. */
const PACE_MS = 25

const REMEMBER = statement(
  'inbox-insert',
  `insert into inbox (queue, message_id)
   select * from unnest($1::text[], $2::uuid[]) on conflict do nothing
   returning queue, message_id`,
)

/**
 * Runs the effects of messages exactly once, together: while one transaction runs, the messages that
 * arrive wait, and then share the next one's BEGIN, inbox insert and COMMIT. After a pause a message
 * waits for nobody; in a stream of them, for up to 25 ms. Works of one group run side by side: those
 * that read what another one writes have to take turns themselves. When one of a group fails, each is run again by itself, so that only it fails.
 */
export function groupCommit(pool: Pool) {
  const waiting: Waiting[] = []
  let running = false

  async function drain(): Promise<void> {
    running = true
    while (waiting.length > 0) {
      const group = takeGroup(waiting)
      try {
        const fresh = await together(pool, group)
        for (const [i, one] of group.entries()) one.resolve(fresh[i]!)
      } catch (error) {
        if (group.length === 1) group[0]!.reject(error)
        else for (const one of group) await alone(pool, one)
      }
      if (waiting.length < MOST_TOGETHER) await sleep(PACE_MS)
    }
    running = false
  }

  /** Resolves with false when the message had been handled before. */
  return (queue: string, messageId: string, work: Work): Promise<boolean> =>
    new Promise((resolve, reject) => {
      // Each effect keeps the trace and correlation id of its own message.
      waiting.push({ queue, messageId, work: AsyncResource.bind(work), resolve, reject })
      if (!running) void drain()
    })
}

export type GroupCommit = ReturnType<typeof groupCommit>

/** The longest-waiting ones. Two deliveries of one message never meet in a group: the inbox could not tell them apart. */
function takeGroup(waiting: Waiting[]): Waiting[] {
  const seen = new Set<string>()
  let size = 0
  for (const one of waiting) {
    if (size === MOST_TOGETHER || seen.has(keyOf(one))) break
    seen.add(keyOf(one))
    size++
  }
  return waiting.splice(0, size)
}

async function together(pool: Pool, group: readonly Waiting[]): Promise<boolean[]> {
  return inTransaction(pool, async (tx) => {
    const { rows } = await tx.query<{ queue: string; message_id: string }>(
      REMEMBER(
        group.map(({ queue }) => queue),
        group.map(({ messageId }) => messageId),
      ),
    )
    const fresh = new Set(rows.map((row) => `${row.queue} ${row.message_id}`))
    const isFresh = group.map((one) => fresh.has(keyOf(one)))
    // Side by side, so that their statements travel together. All come to their end before the
    // transaction does: a straggler's statement must not reach the next user of the connection.
    const ends = await Promise.allSettled(
      group.filter((_, i) => isFresh[i]).map(async ({ work }) => work(tx)),
    )
    const failed = ends.find(({ status }) => status === 'rejected')
    if (failed) throw (failed as PromiseRejectedResult).reason
    await failpoint('C10')
    return isFresh
  })
}

async function alone(pool: Pool, one: Waiting): Promise<void> {
  await together(pool, [one]).then(([fresh]) => one.resolve(fresh!), one.reject)
}

const keyOf = ({ queue, messageId }: Waiting) => `${queue} ${messageId}`
