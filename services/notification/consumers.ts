import { v5 as uuidv5 } from 'uuid'
import type { OrderState } from '#contracts/order.ts'
import type { Consumers, Handlers, Once, Received } from '#platform/broker/consumer.ts'
import type { Log } from '#platform/log.ts'
import type { Enqueue } from './jobs.ts'
import { mailFor } from './mail.ts'
import { knowRecipient } from './mail-store.ts'
import {
  FOLLOW_UP,
  type Notification,
  type OrderEvent,
  orderText,
  WELCOME,
} from './notification.ts'
import { notificationSent } from './observe.ts'
import { insertNotification } from './store.ts'

export type NotificationDeps = {
  log: Log
  now: () => Date
  enqueue: Enqueue
  followUpAfterMs: number
}

type OrderMessage = { id: string; name: OrderEvent; payload: { order: OrderState } }

const FOLLOW_UPS = '8d2f5c3e-9a0b-4c58-8f6a-2f0e7e8f1a55'

export function notificationConsumers(deps: NotificationDeps): Consumers {
  const tellAboutOrder = ({ id, name, payload: { order } }: OrderMessage, once: Once) =>
    tell(deps, once, [aboutOrder(deps, id, name, order)])

  return {
    'notification.orders': {
      'order.placed': tellAboutOrder,
      'order.reserved': tellAboutOrder,
      'order.paid': tellAboutOrder,
      'order.accepted': tellAboutOrder,
      'order.ready': tellAboutOrder,
      'order.delivered': ({ id, name, payload: { order } }, once) =>
        tell(deps, once, [aboutOrder(deps, id, name, order), followUp(deps, id, order)]),
      'order.cancelled': tellAboutOrder,
      'order.refunded': tellAboutOrder,
    } satisfies Required<Pick<Handlers, OrderEvent>>,
    'notification.customers': {
      'customer.registered': (message, once) => welcome(deps, message, once),
      'customer.changed': ({ payload: { deleted, ...account }, version }, once) =>
        once((tx) => knowRecipient(tx, { ...account, version, left: deleted })),
    },
  }
}

const aboutOrder = (
  { now }: NotificationDeps,
  id: string,
  kind: OrderEvent,
  order: OrderState,
): Notification => ({
  ...{ id, customerId: order.customerId, orderId: order.id },
  ...{ kind, text: orderText(kind, order), sentAt: now() },
})

/** Of the same message, so of an id that follows from its: heard twice, asked once. */
const followUp = (
  { now, followUpAfterMs }: NotificationDeps,
  id: string,
  { customerId, id: orderId }: OrderState,
): Notification => ({
  ...{ id: uuidv5(id, FOLLOW_UPS), customerId, orderId },
  ...{ kind: 'order.follow-up', text: FOLLOW_UP },
  sentAt: new Date(now().getTime() + followUpAfterMs),
})

const welcome = (
  deps: NotificationDeps,
  { id, name: kind, version, payload }: Received<'customer.registered'>,
  once: Once,
) => {
  const { customerId, name, email } = payload
  const greeting = { id, customerId, kind, text: WELCOME, sentAt: deps.now() }
  return tell(
    deps,
    (work) =>
      once(async (tx) => {
        await knowRecipient(tx, { customerId, version, name, email })
        await work(tx)
      }),
    [greeting],
  )
}

/** Keeps them in the transaction of their message, and asks for their mails once it has committed. */
async function tell(
  { log, now, enqueue }: NotificationDeps,
  once: Once,
  notifications: readonly Notification[],
): Promise<void> {
  let told: ReturnType<typeof insertNotification> = () => []
  await once((tx) => {
    for (const notification of notifications) told = insertNotification(tx, notification)
  })
  const fresh = new Set(told().map(({ id }) => id))
  for (const notification of notifications.filter(({ id }) => fresh.has(id))) {
    const { id, kind, sentAt } = notification
    notificationSent(log, notification)
    // Not waited for: a message is done when it is kept.
    if (mailFor(kind)) void enqueue({ id, kind, delayMs: sentAt.getTime() - now().getTime() })
  }
}
