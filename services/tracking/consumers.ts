import type { Pool } from 'pg'
import type { MessageName } from '#contracts/messages.ts'
import type { OrderState } from '#contracts/order.ts'
import type { Consumers, Once, QueueHandlers, Received } from '#platform/broker/consumer.ts'
import { failpoint } from '#platform/failpoint.ts'
import type { Log } from '#platform/log.ts'
import type { Lists } from './lists.ts'
import { orderProjected } from './observe.ts'
import { parkOrderOf } from './park-order.ts'
import { ownersServing, saveCustomer, saveOrder, saveRestaurant } from './store.ts'

type OrderEvent = Extract<MessageName, `order.${string}`>

export type ProjectionDeps = {
  pool: Pool
  log: Log
  lists: Pick<Lists, 'forget'>
  /** Told of each order that has moved. */
  tell?: (order: OrderState) => void
}

/**
 * Lists are forgotten after the commit and before the message is done, whether it was news or not: what a
 * crash in between has left is made good by the second delivery.
 */
export function trackingConsumers(deps: ProjectionDeps): Consumers {
  const { pool, log, lists, tell = () => {} } = deps
  // Every event carries the whole order, so which one it is makes no difference.
  const project = async ({ payload, writtenAt }: Received<OrderEvent>, once: Once) => {
    const { order } = payload
    let saved: ReturnType<typeof saveOrder> = () => []
    await once((tx) => {
      saved = saveOrder(tx, order)
    })
    await failpoint('C20')
    await lists.forget(...ownersOf(order))
    const news = saved().some(({ id, version }) => id === order.id && version === order.version)
    orderProjected(log, order, { applied: news, writtenAt })
    if (news) tell(order)
  }

  const knowCustomer = async (
    once: Once,
    customer: { customerId: string; name?: string },
    version: number,
  ) => {
    await once((tx) => saveCustomer(tx, customer, version))
    const { customerId } = customer
    await lists.forget({ customerId }, ...(await ownersServing(pool, customerId)))
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
    // Lists show a restaurant's name as it was when the order was placed: they do not change.
    'tracking.restaurants': {
      'restaurant.changed': ({ payload, version }, once) =>
        once((tx) => saveRestaurant(tx, payload, version)),
    },
    'tracking.customers': {
      'customer.registered': ({ payload, version }, once) => knowCustomer(once, payload, version),
      'customer.changed': ({ payload: { deleted, customerId, name }, version }, once) =>
        knowCustomer(once, { customerId, ...(!deleted && { name }) }, version),
    },
  }
}

const ownersOf = ({ customerId, restaurantId, ownerId }: OrderState) =>
  [{ customerId }, { restaurantId }, { ownerId }] as const
