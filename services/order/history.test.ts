import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { start as startService } from './testing-service.ts'

/** A paid order whose customer then cancelled it and got the money back, a minute between the steps. */
async function start(t: TestContext) {
  const service = await startService(t)
  const customer = await service.caller('customer')
  const { id } = (await customer.place({ note: 'Ring twice' })).body
  const next = () => {
    service.clock.ahead += 60_000
  }
  next()
  await service.reserved(id)
  next()
  await service.captured(id)
  next()
  await customer.step(id, 'cancel')
  next()
  await service.reply('payment.refunded', { orderId: id, amountCents: 3_198, currency: 'EUR' })
  const read = (query = '', who = customer) => who.call('GET', `/orders/${id}/history${query}`)
  return { ...service, customer, id, read }
}

test('the history of an order is what happened to it, and its state is their sum', async (t) => {
  const { read, customer, id } = await start(t)
  const { status, body } = await read()
  assert.equal(status, 200)
  assert.equal(body.orderId, id)
  assert.deepEqual(body.state, (await customer.get(id)).body)
  assert.deepEqual(
    body.events.map(({ version, type }: { version: number; type: string }) => [version, type]),
    [
      [1, 'placed'],
      [2, 'reserved'],
      [3, 'paid'],
      [4, 'cancelled'],
      [5, 'refunded'],
    ],
  )
  const [placed, , , cancelled, refunded] = body.events
  const { items, totalAmount, currency, note } = body.state
  assert.deepEqual(placed.payload, { items, totalAmount, currency, note })
  assert.deepEqual(cancelled.payload, { reason: 'customer-request' })
  assert.deepEqual(refunded.payload, { amount: 31.98 })
})

test('as of a moment an order is what it was then, and nothing before it was placed', async (t) => {
  const { read } = await start(t)
  const { events } = (await read()).body
  const states = ['placed', 'reserved', 'paid', 'cancelled', 'cancelled']
  for (const [i, { at }] of events.entries()) {
    const { body } = await read(`?at=${at}`)
    assert.deepEqual([body.at, body.state.status, body.events.length], [at, states[i], i + 1])
  }
  const born = Date.parse(events[0].at)
  const before = new Date(born - 1).toISOString()
  const { status, body } = await read(`?at=${before}`)
  assert.deepEqual([status, body.state, body.events], [200, null, []])
  const elsewhere = new Date(born + 7_200_000).toISOString().replace('Z', '%2B02:00')
  assert.equal((await read(`?at=${elsewhere}`)).body.state.status, 'placed', 'any time zone')
})

test('a moment that is none is refused, and a stranger sees no history', async (t) => {
  const { read, caller, menu } = await start(t)
  for (const query of ['?at=yesterday', '?at=2026-01-01', '?at=1', '?until=2026-01-01T00:00:00Z']) {
    assert.equal((await read(query)).status, 400, query)
  }
  for (const who of [await caller('restaurant', menu.ownerId), await caller('admin')]) {
    assert.equal((await read('', who)).status, 200)
  }
  const { status, body } = await read('', await caller('customer'))
  assert.deepEqual([status, body.code], [404, 'order-not-found'])
})
