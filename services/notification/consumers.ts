import type { OrderState } from '#contracts/order.ts'
import type { Consumers, Handlers, Once } from '#platform/broker/consumer.ts'
import type { Log } from '#platform/log.ts'
import { type Notification, type OrderEvent, orderText, WELCOME } from './notification.ts'
import { notify } from './notify.ts'
import { notificationSent } from './observe.ts'

export type NotificationDeps = { log: Log; now: () => Date }

type OrderMessage = { id: string; name: OrderEvent; payload: { order: OrderState } }

export function notificationConsumers(deps: NotificationDeps): Consumers {
  const tellAboutOrder = ({ id, name, payload: { order } }: OrderMessage, once: Once) =>
    tell(deps, once, {
      id,
      customerId: order.customerId,
      orderId: order.id,
      kind: name,
      text: orderText(name, order),
      sentAt: deps.now(),
    })

  return {
    'notification.orders': {
      'order.placed': tellAboutOrder,
      'order.reserved': tellAboutOrder,
      'order.paid': tellAboutOrder,
      'order.accepted': tellAboutOrder,
      'order.ready': tellAboutOrder,
      'order.delivered': tellAboutOrder,
      'order.cancelled': tellAboutOrder,
      'order.refunded': tellAboutOrder,
    } satisfies Required<Pick<Handlers, OrderEvent>>,
    'notification.customers': {
      'customer.registered': ({ id, name, payload: { customerId } }, once) =>
        tell(deps, once, { id, customerId, kind: name, text: WELCOME, sentAt: deps.now() }),
    },
  }
}

async function tell(
  { log }: NotificationDeps,
  once: Once,
  notification: Notification,
): Promise<void> {
  let told: ReturnType<typeof notify> = () => []
  await once((tx) => {
    told = notify(tx, notification)
  })
  if (told().some(({ id }) => id === notification.id)) notificationSent(log, notification)
}
