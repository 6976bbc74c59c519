import type { Pool } from 'pg'
import { z } from 'zod'
import type { Unread } from '#platform/broker/consumer.ts'
import type { Log } from '#platform/log.ts'
import { orderParked } from './observe.ts'
import { parkOrder } from './parked-store.ts'

const About = z.object({ aggregateId: z.uuid(), version: z.int().min(1) })
const MOST_WORDS = 500

/**
 * Sets an event aside that cannot be projected. Later events of its order do not wait for it: each
 * carries the whole order, so the next one that can be read makes the order right again.
 */
export async function parkOrderOf(
  { pool, log }: { pool: Pool; log: Log },
  { name, ...message }: Unread,
  error: Error,
): Promise<void> {
  const { data: about } = About.safeParse(message)
  // It does not say which order it is about: then it is nobody's but the dead letters'.
  if (!about) throw error
  const cause = error.cause instanceof Error ? `: ${error.cause.message}` : ''
  const parked = {
    ...{ orderId: about.aggregateId, version: about.version },
    reason: `${name}: ${error.message}${cause}`.replace(/\s+/g, ' ').slice(0, MOST_WORDS),
  }
  await parkOrder(pool, parked)
  orderParked(log, parked)
}
