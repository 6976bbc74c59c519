import type { Consumers, Received } from '#platform/broker/consumer.ts'
import { KEPT_AT_MOST_SECS } from '#platform/cache.ts'
import type { Views } from './views.ts'

/** Tries are 25 s apart in the end: after so many, whatever was cached is gone by itself. */
const OUTLIVED = 2 + Math.ceil(KEPT_AT_MOST_SECS / 25)

/**
 * Hears its own changes: a process that died between commit and invalidation, or a Redis that was
 * away, has left what is stale in the cache. Doing it twice is harmless.
 */
export function restaurantConsumers({ forget }: Pick<Views, 'forget'>): Consumers {
  const forgetAgain = async ({ aggregateId, attempt }: Received) => {
    if (attempt < OUTLIVED) await forget(aggregateId)
  }
  return {
    'restaurant.cache': { 'restaurant.changed': forgetAgain, 'menu.changed': forgetAgain },
  }
}
