import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { type TestContext, test } from 'node:test'
import { OrderState } from '#contracts/order.ts'
import { rpcNeighbour } from '#platform/grpc/client.ts'
import { rpcContract } from '#platform/grpc/contract.ts'
import { oncePerKey } from '#platform/once-per-key.ts'
import type { Problem } from '#platform/problem.ts'
import { TEST_API_KEY } from '#platform/testing-neighbour.ts'
import { serveRpc } from '#platform/testing-rpc.ts'
import { ordersRpc } from './rpc.ts'
import { basketOf, start as startService } from './testing-service.ts'

const ORDERS = 'restofy.order.v1.Orders'
const rules = { service: 'order', rpc: ORDERS, timeoutMs: 5_000, retries: 0 }

/** The service over gRPC, for customers whose token is their id. */
async function start(t: TestContext) {
  const service = await startService(t)
  const { target } = await serveRpc(
    t,
    { [ORDERS]: ordersRpc({ ...service.deps, oncePerKey: oncePerKey(service.pool, 'test') }) },
    { principalFrom: async (header) => ({ id: header.slice('Bearer '.length), role: 'customer' }) },
  )
  const client = rpcNeighbour(rules, { target, apiKey: TEST_API_KEY })
  t.after(client.close)
  const as = (id: string) => ({ authorization: `Bearer ${id}` })
  const create = async (customerId: string, more: object = {}) =>
    (await client.call(
      'CreateOrder',
      { ...basketOf(service.menu), ...more },
      as(customerId),
    )) as OrderState
  const replies = async (request: object = {}) => {
    const { signal } = new AbortController()
    const all: { states: OrderState[]; broken: string[] }[] = []
    for await (const reply of client.watch('ReplayOrders', request, { signal })) {
      all.push(reply as (typeof all)[number])
    }
    return all
  }
  const replayed = async (request: object = {}) =>
    (await replies(request))
      .flatMap(({ states }) => states)
      .map(({ id, version, status }) => [id, version, status])
  return { ...service, client, as, create, replies, replayed }
}

const refusal = (status: number, code: string) => (error: Problem) => {
  assert.deepEqual([error.status, error.code], [status, code])
  return true
}

test('an order can be placed and read, by its customer and no one else', async (t) => {
  const { client, as, create } = await start(t)
  const customerId = randomUUID()
  const order = await create(customerId, { note: 'Ring twice' })
  assert.deepEqual(
    [order.customerId, order.status, order.totalCents, order.note],
    [customerId, 'placed', 3_198, 'Ring twice'],
  )
  const { id } = order
  assert.deepEqual(await client.call('GetOrder', { id }, as(customerId)), order)
  const stranger = client.call('GetOrder', { id }, as(randomUUID()))
  await assert.rejects(stranger, refusal(404, 'order-not-found'))
  await assert.rejects(client.call('GetOrder', { id }), refusal(401, 'unauthenticated'))
})

test('sixteen copies of one call under one key make one order, answered alike', async (t) => {
  const { create, pool } = await start(t)
  const customerId = randomUUID()
  const once = (more: object = {}) => create(customerId, { idempotencyKey: 'dinner', ...more })
  const answers = await Promise.allSettled(Array.from({ length: 16 }, () => once()))
  const order = await once()
  for (const answer of answers) {
    if (answer.status === 'fulfilled') assert.deepEqual(answer.value, order)
    else refusal(409, 'idempotency-conflict')(answer.reason)
  }
  await assert.rejects(once({ note: 'another' }), refusal(422, 'idempotency-mismatch'))
  await assert.rejects(once({ idempotencyKey: '' }), refusal(400, 'invalid-request'))
  const other = await create(randomUUID(), { idempotencyKey: 'dinner' })
  assert.notEqual(other.id, order.id, 'the keys of two customers never meet')
  assert.equal((await pool.query('select from orders')).rowCount, 2)
})

test('a repeat after a crash is answered as the first call was, and a refusal may be mended', async (t) => {
  const { create, reserved, pool, restaurant, menu } = await start(t)
  const customerId = randomUUID()
  const once = (idempotencyKey: string) => create(customerId, { idempotencyKey })
  const order = await once('answered')
  await reserved(order.id)
  assert.deepEqual(await once('answered'), order, 'not as it is by now')

  restaurant.known.set(menu.restaurantId, { ...menu, open: false, version: 2 })
  await assert.rejects(once('closed'), refusal(422, 'restaurant-closed'))
  restaurant.known.set(menu.restaurantId, { ...menu, version: 3 })
  assert.equal((await once('closed')).status, 'placed')

  await pool.query("update idempotency_keys set status = null, locked_until = '-infinity'")
  assert.equal((await once('answered')).id, order.id)
})

test('a basket that cannot be is refused as over HTTP', async (t) => {
  const { create } = await start(t)
  await assert.rejects(create(randomUUID(), { items: [] }), refusal(400, 'invalid-request'))
  const items = [{ menuItemId: randomUUID(), quantity: 1 }]
  await assert.rejects(create(randomUUID(), { items }), refusal(422, 'item-not-on-menu'))
})

test('the contract of an order loses no field on its way', () => {
  const { responseSerialize, responseDeserialize } = rpcContract(ORDERS).GetOrder!
  const order: Required<OrderState> = {
    ...{
      id: 'o',
      customerId: 'c',
      restaurantId: 'r',
      restaurantName: 'Roma',
      ownerId: 'w',
      status: 'cancelled',
    },
    lines: [{ menuItemId: 'm', name: 'Käsespätzle', quantity: 2, unitCents: 1_599 }],
    ...{ totalCents: 2 ** 40, currency: 'EUR', note: '', cancelReason: 'rejected' },
    ...{ refunded: false, refundedCents: 1, placedAt: '2025-06-01T12:00:00.000Z', version: 7 },
  }
  const arrived = responseDeserialize(responseSerialize(order))
  assert.deepEqual(structuredClone(arrived), order)
  assert.deepEqual(Object.keys(order).sort(), Object.keys(OrderState.shape).sort())
})

test('orders are replayed as they were after each event, all of them or what one has since', async (t) => {
  const { create, reserved, captured, replayed } = await start(t)
  const { id } = await create(randomUUID())
  await reserved(id)
  await captured(id)
  const { id: other } = await create(randomUUID())

  const life = [
    [id, 1, 'placed'],
    [id, 2, 'reserved'],
    [id, 3, 'paid'],
  ]
  const all = await replayed()
  assert.deepEqual(
    all.filter(([which]) => which === id),
    life,
  )
  assert.deepEqual(all.at(-1), [other, 1, 'placed'])
  assert.deepEqual(await replayed({ orderId: id, afterVersion: 1 }), life.slice(1))
})

test('an order whose events make none is named, and the others are replayed', async (t) => {
  const { pool, create, replies } = await start(t)
  const bad = randomUUID()
  const sql = `insert into order_events (order_id, version, type, payload, at)
               values ($1, 2, 'paid', '{"type": "paid"}', now())`
  await pool.query(sql, [bad])
  const { id } = await create(randomUUID())
  const all = await replies()
  assert.deepEqual(
    all.flatMap(({ states }) => states.map((state) => state.id)),
    [id],
  )
  assert.deepEqual(
    all.flatMap(({ broken }) => broken),
    [bad],
  )
  assert.deepEqual((await replies({ orderId: bad }))[0], { states: [], broken: [bad] })
})

test('however many orders there are, no message holds more than a hundred states', async (t) => {
  const { pool, create, replies } = await start(t)
  await create(randomUUID())
  await pool.query(`insert into order_events (order_id, version, type, schema, payload, at)
                    select gen_random_uuid(), version, type, schema, payload, at
                    from order_events, generate_series(1, 149)`)
  await pool.query(`insert into order_events (order_id, version, type, payload, at)
                    select order_id, 2, 'reserved', '{"type": "reserved"}', at from order_events`)
  const sizes = (await replies()).map(({ states }) => states.length)
  assert.equal(
    sizes.reduce((sum, size) => sum + size, 0),
    300,
  )
  assert.ok(Math.max(...sizes) <= 100, `${sizes}`)
})
