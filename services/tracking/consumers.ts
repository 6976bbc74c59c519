import type { Pool } from 'pg'
import type { MessageName } from '#contracts/messages.ts'
import type { OrderState } from '#contracts/order.ts'
import type { Consumers, Once, QueueHandlers, Received } from '#platform/broker/consumer.ts'
import { failpoint } from '#platform/failpoint.ts'
import type { Log } from '#platform/log.ts'
import { orderProjected } from './observe.ts'
import { parkOrderOf } from './park-order.ts'
import { saveCustomer, saveOrder, saveRestaurant } from './store.ts'

type OrderEvent = Extract<MessageName, `order.${string}`>

export type ProjectionDeps = {
  pool: Pool
  log: Log
  /** Told of each order that has moved. */
  tell?: (order: OrderState) => void
}

export function trackingConsumers({ pool, log, tell = () => {} }: ProjectionDeps): Consumers {
  // Every event carries the whole order, so which one it is makes no difference.
  const project = async ({ payload, writtenAt }: Received<OrderEvent>, once: Once) => {
    const { order } = payload
    let saved: ReturnType<typeof saveOrder> = () => []
    await once((tx) => {
      saved = saveOrder(tx, order)
    })
    await failpoint('C20')
    const news = saved().some(({ id, version }) => id === order.id && version === order.version)
    orderProjected(log, order, { applied: news, writtenAt })
    if (news) tell(order)
  }

  return {
    'tracking.orders': {
      'order.placed': project,
      'order.reserved': project,
      'order.paid': project,
      'order.accepted': project,
      'order.ready': project,
      'order.delivered': project,
      'order.cancelled': project,
      'order.refunded': project,
      setAside: (message, error) => parkOrderOf({ pool, log }, message, error),
    } satisfies Required<Pick<QueueHandlers, OrderEvent | 'setAside'>>,
    'tracking.restaurants': {
      'restaurant.changed': ({ payload, version }, once) =>
        once((tx) => saveRestaurant(tx, payload, version)),
    },
    'tracking.customers': {
      'customer.registered': ({ payload, version }, once) =>
        once((tx) => saveCustomer(tx, payload, version)),
      'customer.changed': ({ payload: { deleted, customerId, name }, version }, once) =>
        once((tx) => saveCustomer(tx, { customerId, ...(!deleted && { name }) }, version)),
    },
  }
}
