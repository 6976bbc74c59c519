import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { cacheCounts, decoded, KEEP_SECS, spread, toStore } from './cache.ts'
import { type Encoded, encode } from './http/etag.ts'
import type { Redis } from './redis.ts'
import { shareNext } from './share-next.ts'

const TOKEN_LENGTH = 36
const STAMP_LENGTH = 2 * TOKEN_LENGTH
const SAY_AGAIN_MS = 1_000

type Load = () => Promise<object>

export type ScopedCache = {
  /** The answer as bytes, from Redis or else from `load`. */
  read: (scope: string, id: string, load: Load) => Promise<Encoded>
  /** Whatever is kept of these scopes. Call it after the commit; what Redis misses is made good when it can be. */
  forget: (...scopes: string[]) => Promise<void>
  /** Whatever is kept. Throws when Redis does not take it. */
  forgetAll: () => Promise<void>
}

/**
 * Cache-aside of many answers that one change makes stale together, as it does all pages of a list. An
 * entry carries the stamp it was loaded under: the epoch of the cache and the generation of its scope,
 * both read before the load. To forget is to delete one of them. The next reader makes another one, and no
 * entry is of it: neither what is being loaded meanwhile nor what a Redis that was away has kept.
 */
export function scopedCache(name: string, redis: Redis): ScopedCache {
  const count = cacheCounts(name)
  const loads = new Map<string, Promise<Encoded>>()
  const unkept = shareNext<Encoded>()
  const epochKey = `cache:${name}:epoch`
  const keyOf = (scope: string) => `cache:${name}:of:${scope}`
  const forgetAll = async () => void (await redis.del(epochKey))
  const { inDoubt, doubt } = doubts(redis, forgetAll)

  /** One round trip when it is kept; undefined without Redis. */
  async function look(scope: string, entry: string) {
    if (inDoubt()) return undefined
    const keys = [epochKey, keyOf(scope), entry]
    const [epoch, generation, stored] = await redis.mgetBuffer(keys)
    const known = epoch && generation && Buffer.concat([epoch, generation])
    if (known && stored?.subarray(0, STAMP_LENGTH).equals(known)) {
      return { kept: decoded(stored.subarray(STAMP_LENGTH)) }
    }
    const stamp = await Promise.all([
      epoch ?? tokenIn(redis, epochKey),
      generation ?? tokenIn(redis, keyOf(scope), spread(KEEP_SECS, Math.random())),
    ])
    return { stamp: stamp.join('') }
  }

  async function fill(entry: string, stamp: string, load: Load): Promise<Encoded> {
    const loaded = encode(await load())
    const value = Buffer.concat([Buffer.from(stamp), toStore(loaded)])
    // Not waited for: commands of one connection keep their order.
    redis.set(entry, value, 'EX', spread(KEEP_SECS, Math.random())).catch(count.error)
    return loaded
  }

  return {
    async read(scope, id, load) {
      const entry = `${keyOf(scope)}:${id}`
      const { kept, stamp } = (await look(scope, entry).catch(() => undefined)) ?? {}
      if (kept) {
        count.hit()
        return kept
      }
      if (!stamp) {
        count.error()
        return unkept(entry, async () => encode(await load()))
      }
      // Of one stamp: who asks after a change does not share the load of who asked before it.
      const key = stamp + entry
      const underWay = loads.get(key)
      if (underWay) {
        count.shared()
        return underWay
      }
      count.miss()
      const own = fill(entry, stamp, load).finally(() => loads.delete(key))
      loads.set(key, own)
      return own
    },
    forget: (...scopes) => redis.del(scopes.map(keyOf)).then(() => {}, doubt),
    forgetAll,
  }
}

/** The token in this key, which is ours if there was none. */
async function tokenIn(redis: Redis, key: string, secs?: number): Promise<string> {
  const mine = randomUUID()
  const found = secs
    ? await redis.set(key, mine, 'EX', secs, 'NX', 'GET')
    : await redis.set(key, mine, 'NX', 'GET')
  return found ?? mine
}

/**
 * After each connection, and when something could not be forgotten, all is: Redis has missed it, or has come
 * back as it was some time ago. Until it has taken that, it is not asked.
 */
function doubts(redis: Redis, forgetAll: () => Promise<void>) {
  let doubted = false
  let settling = false

  async function settle(): Promise<void> {
    if (settling) return
    settling = true
    while (doubted && redis.status === 'ready') {
      doubted = false
      await forgetAll().catch(() => {
        doubted = true
        return sleep(SAY_AGAIN_MS, undefined, { ref: false })
      })
    }
    settling = false
  }

  const doubt = () => {
    doubted = true
    void settle()
  }
  redis.on('close', doubt).on('ready', doubt)
  doubt()
  return { doubt, inDoubt: () => doubted || settling }
}
