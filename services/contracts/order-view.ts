import type { OrderState } from './order.ts'

/** An order as version 1 of the HTTP API shows it: money as decimal numbers. */
export type OrderV1 = ReturnType<typeof orderV1>

/** Both sides answer orders (the write side one, the read side lists), and must answer alike. */
export function orderV1(order: OrderState) {
  return {
    id: order.id,
    customerId: order.customerId,
    restaurantId: order.restaurantId,
    status: order.status,
    items: order.lines.map(({ menuItemId, name, quantity, unitCents }) => ({
      menuItemId,
      name,
      quantity,
      unitPrice: unitCents / 100,
    })),
    totalAmount: order.totalCents / 100,
    currency: order.currency,
    note: order.note,
    cancelReason: order.cancelReason,
    refunded: order.refunded,
    placedAt: order.placedAt,
    version: order.version,
  }
}
