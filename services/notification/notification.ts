import { z } from 'zod'
import type { MessageName } from '#contracts/messages.ts'
import type { CancelReason, OrderState } from '#contracts/order.ts'

export type OrderEvent = Extract<MessageName, `order.${string}`>

/** What a customer was told. `kind` is the event it is about. */
export type Notification = {
  id: string
  customerId: string
  orderId?: string
  kind: OrderEvent | 'order.follow-up' | 'customer.registered'
  text: string
  /** A message with a time to come is not shown before it. */
  sentAt: Date
}

/** What has become of its e-mail. Messages that have none are `sent` when they can be read. */
export const STATUSES = ['pending', 'sent', 'failed'] as const
export type Told = Notification & { status: (typeof STATUSES)[number] }

const LINES_NAMED = 3

const REASONS: Record<CancelReason, string> = {
  'payment-declined': 'the payment was declined',
  'out-of-stock': 'the restaurant has run out of something you chose',
  'payment-timeout': 'no payment arrived in time',
  'restaurant-closed': 'the restaurant has closed',
  rejected: 'the restaurant could not take it',
  'customer-request': 'you asked us to',
}

const TEXTS: Record<OrderEvent, (order: OrderState) => string> = {
  'order.placed': (order) => `We have received ${basket(order)}. Total: ${total(order)}.`,
  'order.reserved': (order) => `Everything in ${basket(order)} is set aside for you.`,
  'order.paid': (order) => `${upper(basket(order))} was paid: ${total(order)}.`,
  'order.accepted': (order) => `The restaurant is preparing ${basket(order)}.`,
  'order.ready': (order) => `${upper(basket(order))} is ready.`,
  'order.delivered': (order) => `${upper(basket(order))} was delivered. Enjoy your meal!`,
  'order.cancelled': (order) => `${upper(basket(order))} was cancelled${because(order)}.`,
  'order.refunded': (order) => `We have returned ${returned(order)} for ${basket(order)}.`,
}

/** The one sentence that tells a customer what has happened to an order. */
export const orderText = (kind: OrderEvent, order: OrderState): string => TEXTS[kind](order)

export const FOLLOW_UP = 'How was your meal? We would love to hear about it.'

export const WELCOME = 'Welcome to Restofy! Your account is ready: what shall we bring you?'

function basket({ lines }: OrderState): string {
  const named = lines.slice(0, LINES_NAMED).map(({ name, quantity }) => `${quantity} × ${name}`)
  const rest = lines.length - named.length
  return `your order (${named.join(', ')}${rest > 0 ? ` and ${rest} more` : ''})`
}

const because = ({ cancelReason }: OrderState) => (cancelReason ? `: ${REASONS[cancelReason]}` : '')

const total = ({ totalCents, currency }: OrderState) =>
  `${(totalCents / 100).toFixed(2)} ${currency}`

const returned = (order: OrderState) =>
  order.refunded
    ? total(order)
    : `${((order.refundedCents ?? 0) / 100).toFixed(2)} of ${total(order)}`

const upper = (phrase: string) => phrase.charAt(0).toUpperCase() + phrase.slice(1)

export const NotificationV1 = z.object({
  id: z.uuid(),
  orderId: z.uuid().optional(),
  kind: z.string(),
  text: z.string(),
  sentAt: z.iso.datetime(),
  status: z.enum(STATUSES),
})

export const notificationV1 = ({
  id,
  orderId,
  kind,
  text,
  sentAt,
  status,
}: Told): z.infer<typeof NotificationV1> => ({
  id,
  orderId,
  kind,
  text,
  sentAt: sentAt.toISOString(),
  status,
})
