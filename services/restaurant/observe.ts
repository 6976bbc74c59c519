import { metrics } from '#contracts/metrics.ts'
import type { Log } from '#platform/log.ts'
import { counter } from '#platform/metrics.ts'

const opened = counter(metrics.restaurants)
const edited = counter(metrics.menuEdits)

export function restaurantOpened(log: Log, restaurantId: string): void {
  opened.inc()
  log.info({ restaurant_id: restaurantId }, 'restaurant opened')
}

export function viewsNotForgotten(log: Log, restaurantId: string, error: unknown): void {
  log.warn({ err: error, restaurant_id: restaurantId }, 'cached views not invalidated yet')
}

export function menuEdited(
  log: Log,
  edit: 'added' | 'changed' | 'removed',
  { restaurantId, itemId }: { restaurantId: string; itemId: string },
): void {
  edited.inc({ edit })
  log.info({ restaurant_id: restaurantId, menu_item_id: itemId, edit }, 'menu edited')
}
