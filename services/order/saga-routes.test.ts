import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { request } from '#platform/testing.ts'
import { TEST_API_KEY } from '#platform/testing-neighbour.ts'
import { fireDeadlines } from './fire-deadlines.ts'
import { start as startService } from './testing-service.ts'

/** A paid order whose stock could not be committed, however often it was asked for. */
async function start(t: TestContext) {
  const service = await startService(t)
  const customer = await service.caller('customer')
  const { id } = (await customer.place()).body
  await service.reserved(id)
  await service.captured(id)
  while ((await service.sagaOf(id)) !== 'parked') {
    service.clock.ahead += 31_000
    assert.equal(await fireDeadlines(service.deps), 1)
  }
  const headers = { 'x-api-key': TEST_API_KEY }
  return {
    ...{ ...service, customer, id },
    operator: (path: string, body?: object) => request(service.url + path, { headers, body }),
  }
}

test('an operator sees which sagas are parked, and where one stands, without its card', async (t) => {
  const { operator, id } = await start(t)
  const { parked } = (await operator('/internal/sagas')).body
  assert.deepEqual(
    parked.map(({ orderId }: { orderId: string }) => orderId),
    [id],
  )
  const { body, text } = await operator(`/internal/orders/${id}/saga`)
  assert.deepEqual([body.order, body.saga, body.undoing], ['paid', 'parked', []])
  assert.doesNotMatch(text, /tok_/)
})

test('a parked saga goes on when an operator says so, and ends well', async (t) => {
  const { operator, id, said, reply, sagaOf } = await start(t)
  const before = (await said()).length
  const { status, body } = await operator(`/internal/orders/${id}/saga`, { action: 'retry' })
  assert.deepEqual([status, body.saga, body.attempt], [200, 'commit-stock', 1])
  assert.deepEqual((await said()).slice(before), ['stock.commit'])
  await reply('stock.committed', { orderId: id })
  assert.equal(await sagaOf(id), 'completed')
  const late = await operator(`/internal/orders/${id}/saga`, { action: 'retry' })
  assert.deepEqual([late.status, late.body.code], [409, 'saga-ended'])
})

test('a parked saga is undone when an operator says so, and the money goes back', async (t) => {
  const { operator, id, said, reply, customer, sagaOf } = await start(t)
  const before = (await said()).length
  await operator(`/internal/orders/${id}/saga`, { action: 'compensate' })
  const commands = ['order.cancelled', 'payment.refund', 'stock.release']
  assert.deepEqual((await said()).slice(before), commands)
  await reply('payment.refunded', { orderId: id, amountCents: 3_198, currency: 'EUR' })
  await reply('stock.released', { orderId: id })
  assert.equal(await sagaOf(id), 'cancelled')
  assert.equal((await customer.get(id)).body.refunded, true)
})

test('an answer that comes after all unparks the saga by itself', async (t) => {
  const { id, reply, sagaOf, operator } = await start(t)
  await reply('stock.committed', { orderId: id })
  assert.equal(await sagaOf(id), 'completed')
  assert.deepEqual((await operator('/internal/sagas')).body, { parked: [] })
})

test('without the key, and with another action, nobody moves a saga', async (t) => {
  const { url, id, operator, sagaOf } = await start(t)
  const path = `/internal/orders/${id}/saga`
  assert.equal((await request(url + path, { body: { action: 'retry' } })).status, 401)
  assert.equal((await request(`${url}/internal/sagas`)).status, 401)
  assert.equal((await operator(path, { action: 'complete' })).status, 400)
  assert.equal(await sagaOf(id), 'parked')
})
