import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { after, type TestContext } from 'node:test'
import type { OrderState } from '#contracts/order.ts'
import { neighbour } from '#platform/call.ts'
import { request, silentLog, testDatabase } from '#platform/testing.ts'
import { hearing, said } from '#platform/testing-hearing.ts'
import { callTo, TEST_API_KEY, testNeighbour } from '#platform/testing-neighbour.ts'
import { startProcess } from '#platform/testing-process.ts'
import { cardNetwork } from './card-network.ts'
import { paymentConsumers } from './consumers.ts'
import { orderReader } from './fetch-order.ts'
import { payment } from './service.ts'

const ACQUIRER = join(import.meta.dirname, '../acquirer')

/** The card network's sandbox, as a process of its own until the test file ends. */
export async function startAcquirer() {
  const { databaseUrl } = await testDatabase({ after }, ACQUIRER)
  const acquirer = startProcess({ after }, join(ACQUIRER, 'main.ts'), {
    env: {
      ...{ PORT: '0', METRICS_PORT: '0', DATABASE_URL: databaseUrl, SERVICE_API_KEY: TEST_API_KEY },
      ...{ TOKEN_ISSUER: 'test', TOKEN_AUDIENCE: 'test', JWKS_URL: 'http://127.0.0.1:9/' },
    },
  })
  const { port } = await acquirer.line(({ msg }) => msg === 'started')
  const origin = `http://127.0.0.1:${port}`
  return {
    origin,
    /** What the network remembers of a payment: undefined when it has never heard of it. */
    chargeOf: async (paymentId: string) => {
      const headers = { 'x-api-key': TEST_API_KEY }
      const { status, body } = await request(`${origin}/charges?key=${paymentId}`, { headers })
      return status === 200 ? body : undefined
    },
  }
}

/** The service on a database of its own, beside an order service that knows the orders it is told. */
export async function start(t: TestContext, acquirer: string) {
  const { pool } = await testDatabase(t, import.meta.dirname)
  const orders = await testNeighbour<OrderState>(
    t,
    callTo(payment.calls, 'order'),
    '/internal/orders',
  )
  const clock = { ahead: 0 }
  const depsAt = (network: string) => {
    const rules = callTo(payment.calls, 'acquirer')
    const client = neighbour(rules, { origins: [network], apiKey: TEST_API_KEY })
    t.after(client.close)
    const now = () => new Date(Date.now() + clock.ahead)
    return { pool, log: silentLog, now, network: cardNetwork(client) }
  }
  const deps = {
    ...depsAt(acquirer),
    fetchOrder: orderReader(orders.client),
  }
  const hears = (network: string) => {
    const hear = hearing(pool, paymentConsumers(depsAt(network)))
    return {
      charge: (command: Charge, id?: string) =>
        hear('payment.charge', 'payment.charge', command, { id }),
      refund: (orderId: string, id?: string) =>
        hear('payment.refund', 'payment.refund', { orderId }, { id }),
    }
  }
  return {
    ...{ pool, deps, orders, clock },
    ...hears(acquirer),
    refundOrder: hears(acquirer).refund,
    cutOffDeps: { ...depsAt('http://127.0.0.1:9'), fetchOrder: orderReader(orders.client) },
    /** The same service while nobody answers at the card network. */
    cutOff: hears('http://127.0.0.1:9'),
    said: () => said(pool),
    payments: async () => (await pool.query('select * from payments order by created_at')).rows,
  }
}

type Charge = ReturnType<typeof aCharge>

/** The saga's command to charge an order. */
export const aCharge = (token = 'tok_ok') => ({
  orderId: randomUUID(),
  customerId: randomUUID(),
  amountCents: 3_198,
  currency: 'EUR' as const,
  method: 'card',
  token,
})

export const anOrder = (more: Partial<OrderState> = {}): OrderState => ({
  id: randomUUID(),
  customerId: randomUUID(),
  restaurantId: randomUUID(),
  ownerId: randomUUID(),
  status: 'reserved',
  lines: [{ menuItemId: randomUUID(), name: 'Margherita', quantity: 2, unitCents: 1_599 }],
  totalCents: 3_198,
  currency: 'EUR',
  placedAt: '2025-06-01T12:00:00.000Z',
  version: 2,
  ...more,
})
