import { once } from 'node:events'
import type { Pool } from 'pg'
import type { OrderState } from '#contracts/order.ts'
import { every } from '#platform/every.ts'
import type { Log } from '#platform/log.ts'
import { newsOf } from './store.ts'

const LOOK_EVERY_MS = 250

type Watcher = { id: string; version: number; news: OrderState[]; arrived: EventTarget }

export type Watchers = {
  /**
   * The order's later states from this version on, until the signal. Some may be left out: of several
   * that came at once the last is enough to notice the rest.
   */
  follow: (id: string, version: number, signal: AbortSignal) => AsyncIterable<OrderState>
  /** What this process has just projected; what other replicas project is seen by looking. */
  tell: (order: OrderState) => void
  count: () => number
  stop: () => Promise<void>
}

/** Everybody in this process who waits for an order to move: one query for all of them, none for nobody. */
export function watchers(pool: Pool, log: Log): Watchers {
  const waiting = new Map<string, Set<Watcher>>()
  const tell = (order: OrderState) => {
    for (const watcher of waiting.get(order.id) ?? []) {
      if (order.version <= watcher.version) continue
      watcher.version = order.version
      watcher.news.push(order)
      watcher.arrived.dispatchEvent(new Event('news'))
    }
  }
  const looking = every(LOOK_EVERY_MS, log, async function lookForNews() {
    const seen = [...waiting.values()].flatMap((watching) => [...watching])
    if (seen.length > 0) for (const order of await newsOf(pool, seen)) tell(order)
  })

  async function* follow(id: string, version: number, signal: AbortSignal) {
    const watcher: Watcher = { id, version, news: [], arrived: new EventTarget() }
    const others = waiting.get(id) ?? new Set()
    waiting.set(id, others.add(watcher))
    try {
      while (!signal.aborted) {
        const order = watcher.news.shift()
        if (order) yield order
        else await once(watcher.arrived, 'news', { signal }).catch(() => {})
      }
    } finally {
      others.delete(watcher)
      if (others.size === 0) waiting.delete(id)
    }
  }

  return {
    follow,
    tell,
    count: () => [...waiting.values()].reduce((sum, watching) => sum + watching.size, 0),
    stop: looking.stop,
  }
}
