import { z } from 'zod'
import { CANCEL_REASONS, ORDER_STATUSES, type OrderState } from './order.ts'

/** An order as version 1 of the HTTP API shows it: money as decimal numbers. */
export const OrderV1 = z.object({
  id: z.uuid(),
  customerId: z.uuid(),
  restaurantId: z.uuid(),
  restaurantName: z.string().optional(),
  status: z.enum(ORDER_STATUSES),
  items: z.array(
    z.object({
      menuItemId: z.uuid(),
      name: z.string(),
      quantity: z.int(),
      unitPrice: z.number(),
    }),
  ),
  totalAmount: z.number(),
  currency: z.literal('EUR'),
  note: z.string().optional(),
  cancelReason: z.enum(CANCEL_REASONS).optional(),
  refunded: z.boolean().optional(),
  refundedAmount: z.number().optional(),
  placedAt: z.iso.datetime(),
  version: z.int(),
})
export type OrderV1 = z.infer<typeof OrderV1>

/** Both sides answer orders (the write side one, the read side lists), and must answer alike. */
export function orderV1(order: OrderState): OrderV1 {
  return {
    id: order.id,
    customerId: order.customerId,
    restaurantId: order.restaurantId,
    restaurantName: order.restaurantName,
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
    refundedAmount: order.refundedCents && order.refundedCents / 100,
    placedAt: order.placedAt,
    version: order.version,
  }
}
