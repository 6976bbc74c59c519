import type { Menu } from '#contracts/menu.ts'
import type { CancelReason, OrderLine, OrderState, OrderStatus } from '#contracts/order.ts'
import { illegalStep, itemNotOnMenu, restaurantClosed } from './problems.ts'

export type Basket = {
  restaurantId: string
  items: readonly { menuItemId: string; quantity: number }[]
  note?: string
}

/** The facts an order is made of; its state is their fold. */
export type OrderEvent =
  | { type: 'placed'; order: Omit<OrderState, 'status' | 'version'> }
  | { type: 'reserved' }
  | { type: 'paid' }
  | { type: 'accepted' }
  | { type: 'ready' }
  | { type: 'delivered' }
  | { type: 'cancelled'; reason: CancelReason }
  | { type: 'refunded'; amountCents: number }

/** Which status may follow which: the whole life of an order. */
export const STEPS: Record<OrderStatus, readonly OrderStatus[]> = {
  placed: ['reserved', 'cancelled'],
  reserved: ['paid', 'cancelled'],
  paid: ['accepted', 'cancelled'],
  accepted: ['ready', 'cancelled'],
  ready: ['delivered'],
  delivered: [],
  cancelled: [],
}

/** The first event of an order. Prices come from the menu, never from the basket: the browser must not set what it pays. */
export function place(
  basket: Basket,
  menu: Menu,
  { id, customerId, now }: { id: string; customerId: string; now: Date },
): OrderEvent {
  if (!menu.open) throw restaurantClosed(menu.name)
  const lines = linesOf(basket, menu)
  return {
    type: 'placed',
    order: {
      id,
      customerId,
      restaurantId: menu.restaurantId,
      restaurantName: menu.name,
      ownerId: menu.ownerId,
      lines,
      totalCents: lines.reduce((sum, line) => sum + line.quantity * line.unitCents, 0),
      currency: 'EUR',
      ...(basket.note !== undefined && { note: basket.note }),
      placedAt: now.toISOString(),
    },
  }
}

function linesOf(basket: Basket, menu: Menu): OrderLine[] {
  const onMenu = new Map(menu.items.map((item) => [item.id, item]))
  const quantities = new Map<string, number>()
  for (const { menuItemId, quantity } of basket.items) {
    quantities.set(menuItemId, (quantities.get(menuItemId) ?? 0) + quantity)
  }
  return [...quantities].map(([menuItemId, quantity]) => {
    const item = onMenu.get(menuItemId)
    if (!item) throw itemNotOnMenu(menuItemId)
    return { menuItemId, name: item.name, quantity, unitCents: item.priceCents }
  })
}

/** The order after one more event. Throws 409 `illegal-step` when its life does not allow it. */
export function apply(order: OrderState | undefined, event: OrderEvent): OrderState {
  if (event.type === 'placed') return { ...event.order, status: 'placed', version: 1 }
  if (!order) throw new Error(`the first event of an order is 'placed', not '${event.type}'`)
  const version = order.version + 1
  if (event.type === 'refunded') return refund(order, event.amountCents)
  if (!STEPS[order.status].includes(event.type)) throw illegalStep(order.status, event.type)
  return {
    ...order,
    status: event.type,
    ...(event.type === 'cancelled' && { cancelReason: event.reason }),
    version,
  }
}

/** Money goes back in one piece or in several; once all of it is back the order counts as refunded. */
function refund(order: OrderState, amountCents: number): OrderState {
  const refundedCents = (order.refundedCents ?? 0) + amountCents
  return {
    ...order,
    refundedCents,
    ...(refundedCents >= order.totalCents && { refunded: true }),
    version: order.version + 1,
  }
}

export const fold = (events: readonly OrderEvent[]): OrderState =>
  events.reduce<OrderState | undefined>(apply, undefined) as OrderState
