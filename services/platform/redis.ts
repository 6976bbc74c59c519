import { Redis } from 'ioredis'
import { metrics } from '#contracts/metrics.ts'
import type { Log } from './log.ts'
import { gauge } from './metrics.ts'

export type { Redis } from 'ioredis'

const ANSWERS_WITHIN_MS = 200
const RECONNECT_AT_MOST_EVERY_MS = 1_000

const connected = gauge(metrics.redisConnected)

/**
 * A connection for what the platform can do without. A Redis that hangs is given up after 200 ms, once
 * for all who wait, and from then on as when it is gone every command fails at once, until it is back.
 */
export function connectRedis(url: string, log: Log): Redis {
  const redis = new Redis(url, {
    // Commands of one turn of the event loop travel together.
    enableAutoPipelining: true,
    // Queued commands would be requests that hang for as long as Redis is away.
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    connectTimeout: 1_000,
    // One timer per connection; `commandTimeout` would set one per command.
    socketTimeout: ANSWERS_WITHIN_MS,
    retryStrategy: (attempt) => Math.min(50 * 2 ** attempt, RECONNECT_AT_MOST_EVERY_MS),
  })
  let lost: Error | undefined
  connected.set(0)
  redis.on('ready', () => {
    connected.set(1)
    if (lost) log.info('redis is back')
    lost = undefined
  })
  redis.on('error', (error: Error) => {
    // Each attempt to reconnect fails: one line tells it.
    if (!lost) log.warn({ err: error }, 'redis cannot be reached')
    lost = error
  })
  redis.on('close', () => connected.set(0))
  return redis
}
