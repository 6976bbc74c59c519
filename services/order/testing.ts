import type { Menu } from '#contracts/menu.ts'
import type { OrderState } from '#contracts/order.ts'
import { apply, type OrderEvent, place } from './order.ts'

/** A menu with one item per price. */
export function exampleMenu(pricesCents: readonly number[]): Menu {
  return {
    restaurantId: crypto.randomUUID(),
    ownerId: crypto.randomUUID(),
    name: 'Trattoria',
    open: true,
    version: 1,
    items: pricesCents.map((priceCents, i) => ({
      id: crypto.randomUUID(),
      name: `dish ${i}`,
      priceCents,
    })),
  }
}

export function placedEvent(menu = exampleMenu([1599])): OrderEvent {
  const items = [{ menuItemId: menu.items[0]!.id, quantity: 2 }]
  const who = { id: crypto.randomUUID(), customerId: crypto.randomUUID(), now: new Date(0) }
  return place({ restaurantId: menu.restaurantId, items }, menu, who)
}

export const placedOrder = (menu?: Menu): OrderState => apply(undefined, placedEvent(menu))
