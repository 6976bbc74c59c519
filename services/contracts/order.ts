import { z } from 'zod'

/** The states of an order; which may follow which is `services/order/order.ts`. */
export const ORDER_STATUSES = [
  'placed',
  'reserved',
  'paid',
  'accepted',
  'ready',
  'delivered',
  'cancelled',
] as const

export const CANCEL_REASONS = [
  'payment-declined',
  'out-of-stock',
  'payment-timeout',
  'restaurant-closed',
  'rejected',
  'customer-request',
] as const

export const OrderLine = z.object({
  menuItemId: z.uuid(),
  name: z.string(),
  quantity: z.int().min(1),
  unitCents: z.int().min(0),
})

/** An order as it stands after `version` events. Every `order.*` event carries one whole. */
export const OrderState = z.object({
  id: z.uuid(),
  customerId: z.uuid(),
  restaurantId: z.uuid(),
  /** As it was called when the order was placed; orders from before it was kept have none. */
  restaurantName: z.string().optional(),
  ownerId: z.uuid(),
  status: z.enum(ORDER_STATUSES),
  lines: z.array(OrderLine).min(1),
  totalCents: z.int().min(0),
  currency: z.literal('EUR'),
  note: z.string().optional(),
  cancelReason: z.enum(CANCEL_REASONS).optional(),
  /** All of it is back. */
  refunded: z.boolean().optional(),
  refundedCents: z.int().min(1).optional(),
  placedAt: z.iso.datetime(),
  version: z.int().min(1),
})

export type OrderStatus = (typeof ORDER_STATUSES)[number]
export type CancelReason = (typeof CANCEL_REASONS)[number]
export type OrderLine = z.infer<typeof OrderLine>
export type OrderState = z.infer<typeof OrderState>
