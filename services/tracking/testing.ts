import { randomUUID } from 'node:crypto'
import type { TestContext } from 'node:test'
import type { OrderState } from '#contracts/order.ts'
import { silentLog, testDatabase } from '#platform/testing.ts'
import { hearing } from '#platform/testing-hearing.ts'
import { trackingConsumers } from './consumers.ts'

/** The order service, as gRPC calls it. */
export const ORDERS = 'restofy.order.v1.Orders'

/** The read model and its ears. There is no inbox here: versions alone must keep it right. */
export async function start(t: TestContext) {
  const { pool } = await testDatabase(t, import.meta.dirname)
  const hear = hearing(pool, trackingConsumers({ pool, log: silentLog }), { inbox: false })
  return {
    pool,
    hearOrder: (order: OrderState, envelope: { writtenAt?: Date } = {}) =>
      hear('tracking.orders', `order.${order.status}`, { order }, envelope),
    hearRestaurant: (restaurantId: string, ownerId: string, version = 1) =>
      hear(
        'tracking.restaurants',
        'restaurant.changed',
        { restaurantId, ownerId, name: 'Roma', open: true, deleted: false },
        { version },
      ),
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
