import { isDeepStrictEqual } from 'node:util'
import type { Pool } from 'pg'
import type { OrderState } from '#contracts/order.ts'
import { inTransaction } from '#platform/sql.ts'
import {
  allOrders,
  findEvents,
  lockSnapshot,
  type Recorded,
  restoreSnapshot,
} from './event-store.ts'
import { replay, type StoredEvent } from './replay.ts'

const TOGETHER = 500

export type Rebuilt = {
  orders: number
  events: number
  /** Orders whose snapshot was not the fold of their events. */
  differed: string[]
  /** Orders whose events do not make an order: nothing is touched, somebody has to look. */
  broken: { orderId: string; error: Error }[]
}

/** Folds the events of every order and compares; `mend` writes the fold over what differs from it. */
export async function rebuildOrders(pool: Pool, { mend }: { mend: boolean }): Promise<Rebuilt> {
  const result: Rebuilt = { orders: 0, events: 0, differed: [], broken: [] }
  for await (const recorded of allOrders(pool, TOGETHER)) {
    for (const one of recorded) await compare(pool, one, mend, result)
  }
  return result
}

async function compare(
  pool: Pool,
  { orderId, snapshot, events }: Recorded,
  mend: boolean,
  result: Rebuilt,
): Promise<void> {
  result.orders++
  result.events += events.length
  try {
    if (isDeepStrictEqual(foldOf(events), snapshot)) return
    result.differed.push(orderId)
    if (mend) await restore(pool, orderId)
  } catch (error) {
    result.broken.push({ orderId, error: error as Error })
  }
}

/** As it is stored: without the fields that are undefined. */
const foldOf = (events: readonly StoredEvent[]): OrderState =>
  JSON.parse(JSON.stringify(replay(events).at(-1)!.order))

async function restore(pool: Pool, orderId: string): Promise<void> {
  await inTransaction(pool, async (tx) => {
    await lockSnapshot(tx, orderId)
    // Read again: the order may have moved since it was compared.
    const events = await findEvents(tx, orderId)
    await restoreSnapshot(tx, foldOf(events), events.at(-1)!.at)
  })
}
