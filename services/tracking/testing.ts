import { randomUUID } from 'node:crypto'
import type { TestContext } from 'node:test'
import type { OrderState } from '#contracts/order.ts'
import type { Role } from '#platform/auth.ts'
import { httpApp } from '#platform/http/app.ts'
import { request, serve, silentLog, testDatabase, testTokens } from '#platform/testing.ts'
import { hearing } from '#platform/testing-hearing.ts'
import { testRedis } from '#platform/testing-redis.ts'
import { trackingConsumers } from './consumers.ts'
import { cachedLists } from './lists.ts'
import { trackingRoutes } from './routes.ts'

/** The order service, as gRPC calls it. */
export const ORDERS = 'restofy.order.v1.Orders'

/** The read model behind its lists. */
export async function serveLists(t: TestContext, redisUrl?: string) {
  const { pool, lists, ...model } = await start(t, redisUrl)
  const { authenticate, as } = await testTokens()
  const url = await serve(t, httpApp(silentLog, [authenticate, trackingRoutes({ pool, lists })]))
  const get = async (path: string, role: Role, id: string = randomUUID()) =>
    request(url + path, { headers: await as({ id, role }) })
  return { pool, url, as, get, lists, ...model }
}

export const idsOf = (body: { items: { id: string }[] }) => body.items.map(({ id }) => id)

/** The read model and its ears. There is no inbox here: versions alone must keep it right. */
export async function start(t: TestContext, redisUrl?: string) {
  const { pool } = await testDatabase(t, import.meta.dirname)
  const redis = await testRedis(t, redisUrl)
  const lists = cachedLists({ pool, redis }, `test-${randomUUID()}`)
  const hear = hearing(pool, trackingConsumers({ pool, log: silentLog, lists }), { inbox: false })
  return {
    ...{ pool, redis, lists },
    hearOrder: (order: OrderState, envelope: { writtenAt?: Date } = {}) =>
      hear('tracking.orders', `order.${order.status}`, { order }, envelope),
    hearRestaurant: (restaurantId: string, ownerId: string, version = 1) =>
      hear(
        'tracking.restaurants',
        'restaurant.changed',
        { restaurantId, ownerId, name: 'Roma', open: true, deleted: false },
        { version },
      ),
    hearRegistered: (customerId: string, name: string, version = 1) =>
      hear(
        'tracking.customers',
        'customer.registered',
        { customerId, name, role: 'customer' },
        { version },
      ),
    hearCustomer: (customerId: string, name: string, version: number, deleted = false) =>
      hear('tracking.customers', 'customer.changed', { customerId, name, deleted }, { version }),
  }
}

export const anOrder = (more: Partial<OrderState> = {}): OrderState => ({
  id: randomUUID(),
  customerId: randomUUID(),
  restaurantId: randomUUID(),
  restaurantName: 'Trattoria Roma',
  ownerId: randomUUID(),
  status: 'placed',
  lines: [{ menuItemId: randomUUID(), name: 'Margherita', quantity: 2, unitCents: 1599 }],
  totalCents: 3198,
  currency: 'EUR',
  placedAt: '2025-06-01T12:00:00.000Z',
  version: 1,
  ...more,
})
