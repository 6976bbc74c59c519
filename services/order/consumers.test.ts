import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { type TestContext, test } from 'node:test'
import { createPool } from '#platform/sql.ts'
import { eventually, silentLog } from '#platform/testing.ts'
import { fireDeadlines } from './fire-deadlines.ts'
import { start as startService } from './testing-service.ts'

/** One order that has just been placed. */
async function start(t: TestContext, changes: object = {}) {
  const service = await startService(t)
  const customer = await service.caller('customer')
  const { id } = (await customer.place(changes)).body
  return { ...service, customer, id, status: async () => (await customer.get(id)).body.status }
}

test('with stock and money an order is paid, step by step', async (t) => {
  const { id, reserved, captured, reply, said, status, events, sagaOf } = await start(t)
  assert.deepEqual(await said(), ['order.placed', 'stock.reserve'])
  await reserved(id)
  assert.deepEqual((await said()).slice(2), ['order.reserved', 'payment.charge'])
  await captured(id)
  assert.deepEqual((await said()).slice(4), ['order.paid', 'stock.commit'])
  assert.equal(await status(), 'paid')
  await reply('stock.committed', { orderId: id })
  assert.equal(await sagaOf(id), 'completed')
  assert.deepEqual(await events(id), ['placed', 'reserved', 'paid'])
  assert.equal((await said()).length, 6)
})

test('out of stock cancels, and there is nothing to undo', async (t) => {
  const { id, reply, said, customer, sagaOf } = await start(t)
  await reply('stock.rejected', { orderId: id, missing: [randomUUID()] })
  const { body } = await customer.get(id)
  assert.deepEqual([body.status, body.cancelReason], ['cancelled', 'out-of-stock'])
  assert.deepEqual((await said()).slice(2), ['order.cancelled'])
  assert.equal(await sagaOf(id), 'cancelled')
})

test('a declined card cancels, and the stock goes back', async (t) => {
  const { id, reserved, reply, said, customer, sagaOf } = await start(t)
  await reserved(id)
  await reply('payment.declined', { orderId: id, paymentId: randomUUID() })
  assert.deepEqual((await said()).slice(4), ['order.cancelled', 'stock.release'])
  assert.equal((await customer.get(id)).body.cancelReason, 'payment-declined')
  await reply('stock.released', { orderId: id })
  assert.equal(await sagaOf(id), 'cancelled')
})

test('a reply delivered twice, or said twice, moves the order once', async (t) => {
  const { id, reserved, captured, said, events } = await start(t)
  const message = randomUUID()
  await Promise.all([reserved(id, message), reserved(id, message)])
  await reserved(id)
  await captured(id)
  await captured(id)
  await reserved(id)
  assert.deepEqual(await events(id), ['placed', 'reserved', 'paid'])
  assert.equal((await said()).length, 6)
})

test('money that arrives before the stock is remembered', async (t) => {
  const { id, captured, reserved, said, status } = await start(t, { payment: undefined })
  await captured(id)
  assert.equal(await status(), 'placed')
  await reserved(id)
  assert.equal(await status(), 'paid')
  assert.deepEqual((await said()).slice(2), ['order.reserved', 'order.paid', 'stock.commit'])
})

test('money for an order that was cancelled meanwhile goes back', async (t) => {
  const { id, reserved, captured, reply, customer, said } = await start(t)
  await reserved(id)
  await customer.step(id, 'cancel')
  assert.deepEqual((await said()).slice(4), ['order.cancelled', 'payment.refund', 'stock.release'])
  await captured(id)
  await reply('payment.refunded', { orderId: id, amountCents: 3_198, currency: 'EUR' })
  await reply('stock.released', { orderId: id })
  const { body } = await customer.get(id)
  assert.deepEqual([body.status, body.refunded], ['cancelled', true])
})

test('replies to many orders that come together each move their own', async (t) => {
  const { caller, reserved, captured, id } = await start(t)
  const customer = await caller('customer')
  const placed = await Promise.all(Array.from({ length: 20 }, () => customer.place()))
  const ids = placed.map(({ body }) => body.id)
  await Promise.all(ids.map((each) => reserved(each)))
  await Promise.all(ids.slice(0, 10).map((each) => captured(each)))
  const seen = await Promise.all(ids.map(async (each) => (await customer.get(each)).body.status))
  assert.deepEqual(seen, [...Array(10).fill('paid'), ...Array(10).fill('reserved')])
  assert.ok(!ids.includes(id))
})

test('one reply nobody can use does not hold up those that came with it', async (t) => {
  const { id, reserved, status } = await start(t)
  const lost = reserved(randomUUID())
  await Promise.all([assert.rejects(lost, { code: 'order-not-found' }), reserved(id)])
  assert.equal(await status(), 'reserved')
})

test('an order nobody pays is cancelled when its time is over, once', async (t) => {
  const { id, deps, clock, reserved, customer, events } = await start(t, { payment: undefined })
  await reserved(id)
  assert.equal(await fireDeadlines(deps), 0)
  clock.ahead = 61_000
  await Promise.all([fireDeadlines(deps), fireDeadlines(deps)])
  assert.equal((await customer.get(id)).body.cancelReason, 'payment-timeout')
  assert.deepEqual(await events(id), ['placed', 'reserved', 'cancelled'])
})

test('two workers fire each of forty deadlines once, also when the first one dies at it', async (t) => {
  const { deps, databaseUrl, clock, caller, said } = await start(t)
  const customer = await caller('customer')
  await Promise.all(Array.from({ length: 39 }, () => customer.place()))
  clock.ahead = 31_000
  const dying = createPool(databaseUrl, silentLog)
  const killed = fireDeadlines({ ...deps, pool: dying }).catch(() => 'killed')
  await eventually(
    async () => (await said()).filter((name) => name === 'stock.reserve').length > 43,
  )
  await deps.pool.query(`select pg_terminate_backend(pid) from pg_stat_activity
                         where datname = current_database() and pid <> pg_backend_pid()`)
  await Promise.allSettled([killed, dying.end()])
  const other = createPool(databaseUrl, silentLog)
  await Promise.all([fireDeadlines(deps), fireDeadlines({ ...deps, pool: other })])
  await other.end()
  assert.equal((await said()).filter((name) => name === 'stock.reserve').length, 80)
})

test('a command without an answer is sent again', async (t) => {
  const { deps, clock, said } = await start(t)
  clock.ahead = 31_000
  assert.equal(await fireDeadlines(deps), 1)
  assert.deepEqual(await said(), ['order.placed', 'stock.reserve', 'stock.reserve'])
})
