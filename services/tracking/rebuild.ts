import { setTimeout as sleep } from 'node:timers/promises'
import type { Pool } from 'pg'
import { OrderState } from '#contracts/order.ts'
import type { RpcNeighbour } from '#platform/grpc/client.ts'
import { inTransaction, type Tx } from '#platform/sql.ts'
import type { Lists } from './lists.ts'
import { type Parked, parkedOrders } from './parked-store.ts'
import {
  countRebuilt,
  createRebuilt,
  type Difference,
  differences,
  isAhead,
  mendOrders,
  saveRebuilt,
  unparkOrders,
} from './rebuild-store.ts'

export type RebuildDeps = {
  pool: Pool
  order: Pick<RpcNeighbour, 'watch'>
  lists: Pick<Lists, 'forgetAll'>
  /** Longer than an event takes from the order service into the read model. */
  settleMs?: number
  /** Told how many events have been read, again and again. */
  progress?: (events: number) => void
}

export type Rebuilt = {
  orders: number
  events: number
  /** Orders that were not in the read model as their events have them. */
  differed: string[]
  /** Orders of which nothing can be made: they stay as they are, somebody has to look. */
  broken: { orderId: string; error: Error }[]
  /** Orders of which an event is still set aside. */
  parked: Parked[]
}

/** `mend`: put what differs in its place. Of one order, or of all of them. */
export type Rebuilding = { mend: boolean; orderId?: string }

const SETTLE_MS = 2_000

/**
 * Makes the read model again from nothing but the order service's events, and compares; what differs
 * is put in its place all at once. The projector goes on meanwhile, and nothing it does is lost.
 */
export async function rebuildReadModel(
  deps: RebuildDeps,
  { mend, orderId }: Rebuilding,
): Promise<Rebuilt> {
  const rebuilt = await inTransaction(deps.pool, async (tx) => {
    const reading = reader(deps, tx)
    await createRebuilt(tx)
    await reading.read({ orderId })
    const differing = await settledDifferences(deps, tx, reading, orderId)
    const { events, broken } = reading
    if (mend) {
      await mendOrders(tx, differing)
      await unparkOrders(tx, orderId, [...broken.keys()])
    }
    return {
      ...{ orders: await countRebuilt(tx), events: events.count },
      differed: differing.map(({ id }) => id),
      broken: [...broken].map(([id, error]) => ({ orderId: id, error })),
      parked: await parkedOrders(tx),
    }
  })
  if (mend) await deps.lists.forgetAll()
  return rebuilt
}

/** Reads events into the rebuilt model: each is the order as it was then, and the last one stands. */
function reader({ order, progress }: RebuildDeps, tx: Tx) {
  const broken = new Map<string, Error>()
  const events = { count: 0 }
  return {
    ...{ broken, events },
    async read(request: { orderId?: string }): Promise<void> {
      const { signal } = new AbortController()
      for await (const reply of order.watch('ReplayOrders', request, { signal })) {
        const replayed = reply as { states: OrderState[]; broken: string[] }
        for (const id of replayed.broken)
          broken.set(id, new Error('its events do not make an order'))
        events.count += replayed.states.length
        // Not read on before this is written: the stream waits.
        await saveRebuilt(tx, readable(replayed.states))
        progress?.(events.count)
      }
    },
  }

  function readable(states: readonly OrderState[]): OrderState[] {
    const last = new Map(states.map((state) => [state.id, state]))
    return [...last].flatMap(([id, state]) => {
      const { data, error } = OrderState.safeParse(state)
      if (error) broken.set(id, new Error('its last state cannot be read', { cause: error }))
      else broken.delete(id)
      return data ? [data] : []
    })
  }
}

/**
 * What differs and does not move. Under way are orders that moved after they were read (those are read
 * again) and events that the projector has yet to hear (those it is given time for).
 */
async function settledDifferences(
  { settleMs = SETTLE_MS }: RebuildDeps,
  tx: Tx,
  { read, broken }: ReturnType<typeof reader>,
  orderId: string | undefined,
): Promise<Difference[]> {
  const first = await differences(tx, orderId)
  if (first.length === 0) return []
  for (const { id } of first.filter(isAhead)) await read({ orderId: id })
  await sleep(settleMs)
  const before = new Map(first.map(({ id, live }) => [id, live]))
  return (await differences(tx, orderId)).filter(
    ({ id, live }) => before.get(id) === live && !broken.has(id),
  )
}
