import { randomUUID } from 'node:crypto'
import type { TestContext } from 'node:test'
import type { Menu } from '#contracts/menu.ts'
import type { MessageName, Payload } from '#contracts/messages.ts'
import { neighboursOnly, type Role } from '#platform/auth.ts'
import { httpApp } from '#platform/http/app.ts'
import { idempotent } from '#platform/idempotency.ts'
import { request, serve, silentLog, testDatabase, testTokens } from '#platform/testing.ts'
import { hearing, said } from '#platform/testing-hearing.ts'
import { TEST_API_KEY } from '#platform/testing-neighbour.ts'
import { testRpcNeighbour } from '#platform/testing-rpc.ts'
import { orderConsumers } from './consumers.ts'
import { menuReader } from './fetch-menu.ts'
import { internalRoutes, orderRoutes } from './routes.ts'
import { sagaRoutes } from './saga-routes.ts'
import { order } from './service.ts'
import { exampleMenu } from './testing.ts'

const PAYMENT_WITHIN_MS = 60_000

/** The service on a free port and a database of its own, beside a restaurant service with one menu. */
export async function start(t: TestContext) {
  const { pool, databaseUrl } = await testDatabase(t, import.meta.dirname)
  const restaurant = await testRpcNeighbour<Menu>(t, order.calls, 'GetMenu')
  const menu = exampleMenu([1_599, 950])
  restaurant.known.set(menu.restaurantId, menu)
  const clock = { ahead: 0 }
  const deps = {
    ...{ pool, log: silentLog, now: () => new Date(Date.now() + clock.ahead) },
    fetchMenu: menuReader(restaurant.client, silentLog),
    paymentWithinMs: PAYMENT_WITHIN_MS,
  }
  const { authenticate, as } = await testTokens()
  const url = await serve(
    t,
    httpApp(silentLog, [
      internalRoutes(deps, neighboursOnly(TEST_API_KEY)),
      sagaRoutes(deps, neighboursOnly(TEST_API_KEY)),
      authenticate,
      idempotent(pool, silentLog, 'test'),
      orderRoutes(deps),
    ]),
  )
  const hear = hearing(pool, orderConsumers(deps))
  const reply = <Name extends MessageName>(name: Name, payload: Payload<Name>, id?: string) =>
    hear('order.replies', name, payload, {
      id,
      aggregateId: (payload as { orderId: string }).orderId,
    })
  return {
    ...{ pool, databaseUrl, deps, restaurant, menu, clock, url, reply },
    /** What inventory and payment say when all is well. */
    reserved: (orderId: string, id?: string) => reply('stock.reserved', { orderId }, id),
    captured: (orderId: string, id?: string) =>
      reply(
        'payment.captured',
        { orderId, paymentId: randomUUID(), amountCents: 3_198, currency: 'EUR' },
        id,
      ),
    said: async () => (await said(pool)).map(({ message }) => message),
    events: async (orderId: string): Promise<string[]> => {
      const sql = 'select type from order_events where order_id = $1 order by version'
      return (await pool.query(sql, [orderId])).rows.map(({ type }) => type)
    },
    sagaOf: async (orderId: string): Promise<string> =>
      (await pool.query('select state from sagas where order_id = $1', [orderId])).rows[0]?.state,
    caller: async (role: Role, id: string = randomUUID()) => {
      const headers = await as({ id, role })
      const call = (
        method: string,
        path: string,
        body?: unknown,
        more: Record<string, string> = {},
      ) => request(url + path, { method, body, headers: { ...headers, ...more } })
      return {
        ...{ id, call },
        get: (orderId: string) => call('GET', `/orders/${orderId}`),
        step: (orderId: string, step: string) => call('POST', `/orders/${orderId}/${step}`),
        /** Two of the first dish, paid by a good card unless `changes` say otherwise. */
        place: (changes: object = {}, more: Record<string, string> = {}) =>
          call('POST', '/orders', { ...basketOf(menu), ...changes }, more),
      }
    },
  }
}

export const basketOf = ({ restaurantId, items }: Menu) => ({
  restaurantId,
  items: [{ menuItemId: items[0]!.id, quantity: 2 }],
  payment: { method: 'card', token: 'tok_ok' },
})
