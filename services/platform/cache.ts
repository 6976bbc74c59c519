import { randomUUID } from 'node:crypto'
import { metrics } from '#contracts/metrics.ts'
import { type Encoded, encode } from './http/etag.ts'
import { counter } from './metrics.ts'
import type { Redis } from './redis.ts'

/** Nothing outlives this, whatever invalidation was lost. */
export const KEPT_AT_MOST_SECS = 330
export const KEEP_SECS = 300
const KEEP_ABSENT_SECS = 5
const LEASE_SECS = 5

const ABSENT = '-'
const LEASE = 'L'
const ETAG_LENGTH = 29

// Only who still holds the lease may fill: an invalidation in between has taken it away.
const FILL = `if redis.call('get', KEYS[1]) == ARGV[1] then
  return redis.call('set', KEYS[1], ARGV[2], 'ex', ARGV[3])
end`

const requests = counter(metrics.cacheRequests)

type Results = 'hit' | 'miss' | 'shared' | 'error'

/** Counts the reads of one cache, by what came of them. */
export function cacheCounts(cache: string): Record<Results, () => void> {
  const of = (result: Results) => {
    const one = requests.labels({ cache, result })
    return () => one.inc()
  }
  return { hit: of('hit'), miss: of('miss'), shared: of('shared'), error: of('error') }
}

export type Cache = {
  /** The answer as bytes, from Redis or else from `load`; undefined when there is no such thing. */
  read: (id: string, load: () => Promise<object | undefined>) => Promise<Encoded | undefined>
  /** Call it after the commit. Throws when Redis does not take it: then it has to be said again. */
  forget: (id: string) => Promise<void>
}

/**
 * Cache-aside of serialised answers. A miss takes a lease, loads, and fills only while it holds the
 * lease, so that what was read before a write is never stored after it. All who ask for one thing at
 * the same time share one look. Without Redis everything is loaded: slower, never wrong.
 */
export function cacheAside(name: string, redis: Redis, random: () => number = Math.random): Cache {
  const looks = new Map<string, Promise<Encoded | undefined>>()
  const count = cacheCounts(name)

  async function look(key: string, load: () => Promise<object | undefined>) {
    const stored = await redis.getBuffer(key).catch(() => undefined)
    if (stored === undefined) {
      count.error()
      return encoded(await load())
    }
    const first = stored && String.fromCharCode(stored[0]!)
    if (stored && first !== LEASE) {
      count.hit()
      return first === ABSENT ? undefined : decoded(stored)
    }
    count.miss()
    const fill = stored ? undefined : await lease(key)
    const loaded = encoded(await load())
    await fill?.(loaded)
    return loaded
  }

  /** The way to store what will be loaded from now on; undefined when another process holds it. */
  async function lease(key: string) {
    const mine = LEASE + randomUUID()
    const taken = await redis.set(key, mine, 'EX', LEASE_SECS, 'NX').catch(() => null)
    if (!taken) return undefined
    return async (loaded: Encoded | undefined): Promise<void> => {
      const value = loaded ? toStore(loaded) : ABSENT
      const secs = loaded ? spread(KEEP_SECS, random()) : KEEP_ABSENT_SECS
      await redis.eval(FILL, 1, key, mine, value, secs).catch(() => count.error())
    }
  }

  return {
    async read(id, load) {
      const key = `cache:${name}:${id}`
      const underWay = looks.get(key)
      if (underWay) {
        count.shared()
        return underWay
      }
      const own = look(key, load).finally(() => {
        if (looks.get(key) === own) looks.delete(key)
      })
      looks.set(key, own)
      return own
    },
    async forget(id) {
      const key = `cache:${name}:${id}`
      // Who asks from now on must not get what was looked up before.
      looks.delete(key)
      await redis.del(key)
    },
  }
}

/** Ten per cent either way: what was filled together does not end together. */
export const spread = (secs: number, random: number): number =>
  Math.round(secs * (0.9 + 0.2 * random))

const encoded = (loaded: object | undefined) => loaded && encode(loaded)

export const toStore = ({ etag, bytes }: Encoded): Buffer =>
  Buffer.concat([Buffer.from(etag), bytes])

export const decoded = (stored: Buffer): Encoded => ({
  etag: stored.toString('latin1', 0, ETAG_LENGTH),
  bytes: stored.subarray(ETAG_LENGTH),
})
