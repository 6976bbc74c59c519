import { z } from 'zod'
import { Menu } from './menu.ts'
import { OrderState } from './order.ts'

/**
 * Every message two services exchange, by name. Events go to the topic exchange, commands to the
 * direct one. A payload may only gain optional fields; anything else is a new name.
 */
export const SCHEMA_VERSION = 1

type Kind = 'event' | 'command'
const event = <T extends z.ZodType>(payload: T) => ({ kind: 'event' as Kind, payload })
const command = <T extends z.ZodType>(payload: T) => ({ kind: 'command' as Kind, payload })

const OrderChanged = z.object({ order: OrderState })
const OrderRef = z.object({ orderId: z.uuid() })
// Where to write to is for who writes: it is in no log and no trace.
const Account = z.object({ customerId: z.uuid(), name: z.string(), email: z.email().optional() })
const Money = z.object({ amountCents: z.int().min(0), currency: z.literal('EUR') })

export const messages = {
  'order.placed': event(OrderChanged),
  'order.reserved': event(OrderChanged),
  'order.paid': event(OrderChanged),
  'order.accepted': event(OrderChanged),
  'order.ready': event(OrderChanged),
  'order.delivered': event(OrderChanged),
  'order.cancelled': event(OrderChanged),
  'order.refunded': event(OrderChanged),

  'stock.reserve': command(
    OrderRef.extend({
      restaurantId: z.uuid(),
      lines: z.array(z.object({ menuItemId: z.uuid(), quantity: z.int().min(1) })).min(1),
    }),
  ),
  'stock.release': command(OrderRef),
  'stock.commit': command(OrderRef),
  'stock.reserved': event(OrderRef),
  'stock.rejected': event(OrderRef.extend({ missing: z.array(z.uuid()) })),
  'stock.released': event(OrderRef),
  'stock.committed': event(OrderRef),

  'payment.charge': command(
    OrderRef.extend({
      ...Money.shape,
      customerId: z.uuid(),
      method: z.string(),
      token: z.string(),
    }),
  ),
  'payment.refund': command(OrderRef),
  'payment.captured': event(OrderRef.extend({ ...Money.shape, paymentId: z.uuid() })),
  'payment.declined': event(OrderRef.extend({ paymentId: z.uuid() })),
  // amountCents 0: nothing had been captured, and nothing can be any more. With a refundId an admin
  // gave it back by hand, and it is no answer to `payment.refund`.
  'payment.refunded': event(OrderRef.extend({ ...Money.shape, refundId: z.uuid().optional() })),

  'restaurant.changed': event(
    z.object({
      restaurantId: z.uuid(),
      ownerId: z.uuid(),
      name: z.string(),
      open: z.boolean(),
      deleted: z.boolean(),
    }),
  ),
  'menu.changed': event(Menu),

  'customer.registered': event(z.object({ ...Account.shape, role: z.string() })),
  'customer.changed': event(Account.extend({ deleted: z.boolean() })),

  // Of those that go out by e-mail: the others are there to be read, and nothing more happens to them.
  'notification.sent': event(
    z.object({ notificationId: z.uuid(), customerId: z.uuid(), kind: z.string() }),
  ),
  'notification.failed': event(
    z.object({ notificationId: z.uuid(), customerId: z.uuid(), kind: z.string() }),
  ),
} as const

export type MessageName = keyof typeof messages
export type Payload<Name extends MessageName> = z.infer<(typeof messages)[Name]['payload']>
