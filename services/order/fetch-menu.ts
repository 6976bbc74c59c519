import { Menu } from '#contracts/menu.ts'
import type { RpcNeighbour } from '#platform/grpc/client.ts'
import type { Log } from '#platform/log.ts'
import { parse } from '#platform/parse.ts'
import { Problem } from '#platform/problem.ts'

const STALE_WITHIN_MS = 5 * 60_000
const KEPT_MENUS = 1_000

/**
 * Reads menus from the restaurant service. While it cannot answer, the last menu seen, up to five
 * minutes old, lets people go on ordering: a price a few minutes old costs less than a closed shop.
 */
export function menuReader(restaurant: RpcNeighbour, log: Log, now: () => number = Date.now) {
  const seen = new Map<string, { menu: Menu; at: number }>()

  return async (restaurantId: string): Promise<Menu> => {
    try {
      const menu = parse(Menu, await restaurant.call('GetMenu', { restaurantId }))
      remember(restaurantId, menu)
      return menu
    } catch (error) {
      if (error instanceof Problem && error.status === 404) {
        seen.delete(restaurantId)
        throw error
      }
      const last = seen.get(restaurantId)
      if (!last || now() - last.at > STALE_WITHIN_MS) throw error
      log.warn({ err: error, restaurant_id: restaurantId }, 'ordering from the last menu seen')
      return last.menu
    }
  }

  function remember(restaurantId: string, menu: Menu): void {
    // Deleting first moves the entry to the end: the oldest is the first key.
    seen.delete(restaurantId)
    seen.set(restaurantId, { menu, at: now() })
    if (seen.size > KEPT_MENUS) seen.delete(seen.keys().next().value!)
  }
}
