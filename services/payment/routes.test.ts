import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { type TestContext, test } from 'node:test'
import type { OrderState } from '#contracts/order.ts'
import type { Role } from '#platform/auth.ts'
import { httpApp } from '#platform/http/app.ts'
import { idempotent } from '#platform/idempotency.ts'
import { request, serve, silentLog, testTokens } from '#platform/testing.ts'
import { paymentRoutes } from './routes.ts'
import { anOrder, startAcquirer, start as startPayment } from './testing.ts'

const acquirer = await startAcquirer()

async function start(t: TestContext, more: Partial<OrderState> = {}) {
  const service = await startPayment(t, acquirer.origin)
  const { authenticate, as } = await testTokens()
  const repeats = idempotent(service.pool, silentLog, 'test')
  const url = await serve(
    t,
    httpApp(silentLog, [authenticate, repeats, paymentRoutes(service.deps)]),
  )
  const order = anOrder(more)
  service.orders.known.set(order.id, order)
  const body = { orderId: order.id, amount: 31.98, method: 'card', token: 'tok_ok' }
  return {
    ...service,
    ...{ url, order, body },
    pay: async (changes: object = {}, more: { id?: string; role?: Role; key?: string } = {}) => {
      const { id = order.customerId, role = 'customer', key } = more
      const headers = { ...(await as({ id, role })), ...(key && { 'idempotency-key': key }) }
      return request(`${url}/payments`, { body: { ...body, ...changes }, headers })
    },
    get: async (payment: string, id: string, role: Role = 'customer') =>
      request(`${url}/payments/${payment}`, { headers: await as({ id, role }) }),
  }
}

test('an order is paid by hand, and its customer can look the payment up', async (t) => {
  const { pay, get, order, said } = await start(t)
  const { status, body, headers } = await pay()
  assert.equal(status, 201)
  assert.deepEqual(body, {
    id: body.id,
    orderId: order.id,
    amount: 31.98,
    currency: 'EUR',
    method: 'card',
    status: 'captured',
    createdAt: body.createdAt,
  })
  assert.equal(headers.get('location'), `/api/v1/payments/${body.id}`)
  assert.deepEqual((await get(body.id, order.customerId)).body, body)
  assert.deepEqual((await get(body.id, randomUUID(), 'admin')).body, body)
  assert.deepEqual(
    (await said()).map(({ message }) => message),
    ['payment.captured'],
  )
})

test('a payment is nobody else’s, and one that is not there is not found', async (t) => {
  const { pay, get, url } = await start(t)
  const { body } = await pay()
  for (const id of [body.id, randomUUID(), 'x']) {
    const answer = await get(id, randomUUID())
    assert.deepEqual([answer.status, answer.body.code], [404, 'payment-not-found'])
  }
  assert.equal((await request(`${url}/payments/${body.id}`)).status, 401)
})

test('a declined card is 402, and another one may be tried', async (t) => {
  const { pay } = await start(t)
  const declined = await pay({ token: 'tok_declined' })
  assert.deepEqual([declined.status, declined.body.code], [402, 'payment-declined'])
  assert.equal((await pay()).status, 201)
})

test('of ten payments of one order at once, one is made', async (t) => {
  const { pay, payments } = await start(t)
  const answers = await Promise.all(Array.from({ length: 10 }, () => pay()))
  const codes = answers.map(({ status }) => status).sort()
  assert.deepEqual(codes, [201, ...Array(9).fill(409)])
  assert.ok(answers.every(({ status, body }) => status === 201 || body.code === 'payment-exists'))
  assert.equal((await payments()).length, 1)
})

test('the same request under one key is one payment, and is answered alike', async (t) => {
  const { pay, payments } = await start(t)
  const key = randomUUID()
  const first = await pay({}, { key })
  const second = await pay({}, { key })
  assert.equal(second.text, first.text)
  assert.equal(second.headers.get('idempotency-replayed'), 'true')
  assert.equal((await payments()).length, 1)
})

test('what cannot be paid is refused by name', async (t) => {
  const { pay, orders, order, payments } = await start(t)
  const codeOf = async (changes: object, more = {}) => {
    const { status, body } = await pay(changes, more)
    return `${status} ${body.code}`
  }
  assert.equal(await codeOf({ amount: 31.97 }), '422 amount-mismatch')
  assert.equal(await codeOf({ orderId: randomUUID() }), '404 order-not-found')
  assert.equal(await codeOf({}, { id: randomUUID() }), '404 order-not-found')
  assert.equal(await codeOf({}, { role: 'restaurant' }), '403 forbidden')
  for (const status of ['paid', 'delivered', 'cancelled'] as const) {
    orders.known.set(order.id, { ...order, status })
    assert.equal(await codeOf({}), '409 order-not-payable')
  }
  assert.deepEqual(await payments(), [])
})

test('a wrong body is refused by the name of its field', async (t) => {
  const { pay } = await start(t)
  for (const [changes, path] of [
    [{ orderId: 'mine' }, 'orderId'],
    [{ amount: -1 }, 'amount'],
    [{ amount: 31.987 }, 'amount'],
    [{ method: '' }, 'method'],
    [{ tip: 5 }, 'tip'],
  ] as const) {
    const { status, body } = await pay(changes)
    assert.equal(status, 400)
    assert.equal(body.errors[0].path, path)
  }
})

test('while the order service is down nothing is charged, and the caller is told to come back', async (t) => {
  const { pay, orders, payments } = await start(t)
  orders.down = true
  const { status, headers } = await pay()
  assert.equal(status, 503)
  assert.ok(Number(headers.get('retry-after')) > 0)
  assert.deepEqual(await payments(), [])
})
