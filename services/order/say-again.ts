import { v7 as uuidv7 } from 'uuid'
import { appendMessages, type Message } from '#platform/outbox.ts'
import { inTransaction } from '#platform/sql.ts'
import { nextOrders, type Recorded } from './event-store.ts'
import { eventMessage } from './messages.ts'
import type { OrderDeps } from './place-order.ts'
import { replay } from './replay.ts'

const ORDERS_AT_A_TIME = 100
/** Nobody waits longer for a meal. */
const LONGEST_LIFE_MS = 4 * 3_600_000

type SayAgainDeps = Pick<OrderDeps, 'pool' | 'log'>

/** Puts the events since then into the outbox once more, each under the id it had. */
export const sayAgain =
  ({ pool, log }: SayAgainDeps) =>
  async (since: Date): Promise<void> => {
    let after = firstIdAt(since.getTime() - LONGEST_LIFE_MS)
    while (true) {
      const orders = await nextOrders(pool, after, ORDERS_AT_A_TIME)
      if (orders.length === 0) return
      const messages = orders.flatMap((order) => messagesOf({ log }, order, since))
      await inTransaction(pool, (tx) => appendMessages(tx, messages))
      after = orders.at(-1)!.orderId
    }
  }

function messagesOf(
  { log }: Pick<SayAgainDeps, 'log'>,
  { orderId, events }: Recorded,
  since: Date,
): Message[] {
  try {
    return replay(events)
      .filter(({ at }) => at >= since)
      .map(({ event, order }) => eventMessage(event, order))
  } catch (err) {
    log.error({ err, order_id: orderId }, 'the events do not make an order')
    return []
  }
}

const firstIdAt = (msecs: number): string =>
  uuidv7({ msecs: Math.max(0, msecs), random: new Uint8Array(16) })
