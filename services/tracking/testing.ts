import { randomUUID } from 'node:crypto'
import type { TestContext } from 'node:test'
import type { OrderState } from '#contracts/order.ts'
import type { Once, Received } from '#platform/broker/consumer.ts'
import { inTransaction } from '#platform/sql.ts'
import { silentLog, testDatabase } from '#platform/testing.ts'
import { trackingConsumers } from './consumers.ts'

/** The read model and its ears. There is no inbox here: versions alone must keep it right. */
export async function start(t: TestContext) {
  const { pool } = await testDatabase(t, import.meta.dirname)
  const consumers = trackingConsumers(silentLog)
  const once: Once = async (work) => {
    await inTransaction(pool, work)
    return true
  }
  const hear = (queue: string, message: Omit<Received, 'id' | 'attempt'>) => {
    const handler = consumers[queue]![message.name] as (
      message: Received,
      once: Once,
    ) => Promise<unknown>
    return handler({ ...message, id: randomUUID(), attempt: 0 } as Received, once)
  }
  return {
    pool,
    hearOrder: (order: OrderState) =>
      hear('tracking.orders', {
        name: `order.${order.status}`,
        aggregateId: order.id,
        version: order.version,
        payload: { order },
      }),
    hearRestaurant: (restaurantId: string, ownerId: string, version = 1) =>
      hear('tracking.restaurants', {
        name: 'restaurant.changed',
        aggregateId: restaurantId,
        version,
        payload: { restaurantId, ownerId, name: 'Roma', open: true, deleted: false },
      }),
  }
}

export const anOrder = (more: Partial<OrderState> = {}): OrderState => ({
  id: randomUUID(),
  customerId: randomUUID(),
  restaurantId: randomUUID(),
  ownerId: randomUUID(),
  status: 'placed',
  lines: [{ menuItemId: randomUUID(), name: 'Margherita', quantity: 2, unitCents: 1599 }],
  totalCents: 3198,
  currency: 'EUR',
  placedAt: '2025-06-01T12:00:00.000Z',
  version: 1,
  ...more,
})
