import type { Menu } from '#contracts/menu.ts'
import { appendMessages } from '#platform/outbox.ts'
import type { Tx } from '#platform/sql.ts'
import { type Line, missing, reserve } from './stock.ts'
import { keepReservation, lockReservation, lockStock, saveMenu } from './store.ts'

export type ReserveDeps = {
  /** Throws 404 `restaurant-not-found`, 503 while the restaurant service cannot answer. */
  fetchMenu: (restaurantId: string) => Promise<Menu>
}

export type StockOrder = { orderId: string; restaurantId: string; lines: readonly Line[] }

/**
 * Takes a basket off the shelf, whole or not at all, and answers `stock.reserved` or
 * `stock.rejected`. One reservation per order: a repeat only repeats the answer, and one that was
 * released before it was ever made stays refused.
 */
export async function reserveStock(
  deps: ReserveDeps,
  tx: Tx,
  { orderId, restaurantId, lines }: StockOrder,
): Promise<void> {
  const shelf = await shelfOf(deps, tx, restaurantId, lines)
  const missingIds = missing(lines, shelf)
  const [status, moves] =
    missingIds.length === 0 ? (['reserved', reserve(lines)] as const) : (['rejected', []] as const)
  if (await keepReservation(tx, { orderId, status, lines }, moves)) {
    return answer(tx, orderId, missingIds)
  }
  const known = await lockReservation(tx, orderId)
  const had = known?.status === 'reserved' || known?.status === 'committed'
  answer(tx, orderId, had ? [] : idsOf(lines))
}

async function shelfOf(deps: ReserveDeps, tx: Tx, restaurantId: string, lines: readonly Line[]) {
  const shelf = await lockStock(tx, idsOf(lines))
  if (shelf.length === lines.length) return shelf
  // The order was quicker than the news of the menu: ask instead of refusing.
  await saveMenu(tx, await deps.fetchMenu(restaurantId))
  return lockStock(tx, idsOf(lines))
}

function answer(tx: Tx, orderId: string, missingIds: string[]): void {
  appendMessages(tx, [
    missingIds.length === 0
      ? { name: 'stock.reserved', aggregateId: orderId, version: 1, payload: { orderId } }
      : {
          name: 'stock.rejected',
          aggregateId: orderId,
          version: 1,
          payload: { orderId, missing: missingIds },
        },
  ])
}

const idsOf = (lines: readonly Line[]) => lines.map(({ menuItemId }) => menuItemId)
