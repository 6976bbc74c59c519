import { v7 as uuidv7 } from 'uuid'
import type { Log } from '#platform/log.ts'
import { appendMessages, type Message } from '#platform/outbox.ts'
import { inTransaction } from '#platform/sql.ts'
import { allOrders, type Recorded } from './event-store.ts'
import { eventMessage } from './messages.ts'
import type { OrderDeps } from './place-order.ts'
import { replayOrTell } from './replay.ts'

const ORDERS_AT_A_TIME = 100
/** Nobody waits longer for a meal. */
const LONGEST_LIFE_MS = 4 * 3_600_000

type SayAgainDeps = Pick<OrderDeps, 'pool' | 'log'>

/** Puts the events since then into the outbox once more, each under the id it had. */
export const sayAgain =
  ({ pool, log }: SayAgainDeps) =>
  async (since: Date): Promise<void> => {
    const oldest = firstIdAt(since.getTime() - LONGEST_LIFE_MS)
    for await (const orders of allOrders(pool, ORDERS_AT_A_TIME, oldest)) {
      const messages = orders.flatMap((order) => messagesOf(log, order, since))
      await inTransaction(pool, (tx) => appendMessages(tx, messages))
    }
  }

const messagesOf = (log: Log, recorded: Recorded, since: Date): Message[] =>
  (replayOrTell(log, recorded) ?? [])
    .filter(({ at }) => at >= since)
    .map(({ event, order }) => eventMessage(event, order))

const firstIdAt = (msecs: number): string =>
  uuidv7({ msecs: Math.max(0, msecs), random: new Uint8Array(16) })
