import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { request } from '#platform/testing.ts'
import { TEST_API_KEY } from '#platform/testing-neighbour.ts'
import { basketOf, start } from './testing-service.ts'

test('an order costs what the menu says', async (t) => {
  const { caller, menu } = await start(t)
  const customer = await caller('customer')
  const { status, headers, body } = await customer.place({ note: 'Ring twice' })
  assert.equal(status, 201)
  assert.equal(headers.get('location'), `/api/v1/orders/${body.id}`)
  assert.deepEqual(body, {
    id: body.id,
    customerId: customer.id,
    restaurantId: menu.restaurantId,
    restaurantName: 'Trattoria',
    status: 'placed',
    items: [{ menuItemId: menu.items[0]!.id, name: 'dish 0', quantity: 2, unitPrice: 15.99 }],
    totalAmount: 31.98,
    currency: 'EUR',
    note: 'Ring twice',
    placedAt: body.placedAt,
    version: 1,
  })
  assert.deepEqual((await customer.get(body.id)).body, body)
})

test('an order can be placed below its restaurant too', async (t) => {
  const { caller, menu } = await start(t)
  const customer = await caller('customer')
  const { restaurantId, ...basket } = basketOf(menu)
  const placed = await customer.call('POST', `/restaurants/${restaurantId}/orders`, basket)
  assert.deepEqual([placed.status, placed.body.restaurantId], [201, restaurantId])
  const nowhere = await customer.call('POST', '/restaurants/roma/orders', basket)
  assert.deepEqual([nowhere.status, nowhere.body.code], [404, 'restaurant-not-found'])
})

test('what cannot be ordered is refused by name, and nothing is kept or said', async (t) => {
  const { caller, restaurant, menu, said } = await start(t)
  const customer = await caller('customer')
  const codeOf = async (changes: object) => {
    const { status, body } = await customer.place(changes)
    return `${status} ${body.code}`
  }
  const unknown = [{ menuItemId: randomUUID(), quantity: 1 }]
  assert.equal(await codeOf({ items: unknown }), '422 item-not-on-menu')
  assert.equal(await codeOf({ restaurantId: randomUUID() }), '404 restaurant-not-found')
  restaurant.known.set(menu.restaurantId, { ...menu, open: false })
  assert.equal(await codeOf({}), '422 restaurant-closed')
  assert.deepEqual(await said(), [])
})

test('a wrong body is refused by the names of its fields', async (t) => {
  const { caller, menu, url } = await start(t)
  const customer = await caller('customer')
  const menuItemId = menu.items[0]!.id
  for (const [changes, path] of [
    [{ items: [] }, 'items'],
    [{ items: [{ menuItemId, quantity: 0 }] }, 'items.0.quantity'],
    [{ items: [{ menuItemId: 'soup', quantity: 1 }] }, 'items.0.menuItemId'],
    [{ restaurantId: 'roma' }, 'restaurantId'],
    [{ totalAmount: 1 }, 'totalAmount'],
    [{ note: 'x'.repeat(501) }, 'note'],
    [{ payment: { method: 'card' } }, 'payment.token'],
  ] as const) {
    const { status, body, headers } = await customer.place(changes)
    assert.deepEqual([status, body.errors[0].path], [400, path])
    assert.match(headers.get('content-type')!, /^application\/problem\+json/)
  }
  assert.equal((await customer.call('POST', '/orders', '{"items":')).status, 400)
  assert.equal((await customer.place({ note: 'x'.repeat(110_000) })).status, 413)
  assert.equal((await request(`${url}/orders`, { body: basketOf(menu) })).status, 401)
  assert.equal((await (await caller('restaurant')).place()).status, 403)
})

test('the same request under one key is one order; another body under it is refused', async (t) => {
  const { caller, said } = await start(t)
  const customer = await caller('customer')
  const key = { 'idempotency-key': randomUUID() }
  const first = await customer.place({}, key)
  const again = await customer.place({}, key)
  assert.equal(again.text, first.text)
  assert.equal(again.headers.get('idempotency-replayed'), 'true')
  const other = await customer.place({ note: 'Something else' }, key)
  assert.deepEqual([other.status, other.body.code], [422, 'idempotency-mismatch'])
  assert.equal((await said()).filter((name) => name === 'order.placed').length, 1)
})

test('the answer is kept by the statement that places the order', async (t) => {
  const { caller, pool, url } = await start(t)
  const customer = await caller('customer')
  const ran = t.mock.method(pool, 'query')
  const names = () =>
    ran.mock.calls.map(({ arguments: [query] }) => (query as unknown as { name: string }).name)
  const key = { 'idempotency-key': randomUUID() }
  const first = await customer.place({ note: 'Zoë “!”' }, key)
  assert.deepEqual(names(), ['idempotency-claim', 'order-insert'])
  const again = await customer.place({ note: 'Zoë “!”' }, key)
  assert.equal(again.headers.get('idempotency-replayed'), 'true')
  assert.equal(again.text, first.text)
  for (const name of ['content-type', 'location']) {
    assert.equal(again.headers.get(name), first.headers.get(name), url)
  }
})

test('an order whose answer never left is answered again, not placed again', async (t) => {
  const { caller, pool, said } = await start(t)
  const customer = await caller('customer')
  const key = { 'idempotency-key': randomUUID() }
  const { body } = await customer.place({}, key)
  // As a version of ours left it that died between placing and keeping.
  await pool.query(`update idempotency_keys set status = null, locked_until = '-infinity'`)
  const again = await customer.place({}, key)
  assert.deepEqual([again.status, again.body], [201, body])
  assert.equal((await customer.place({}, key)).headers.get('idempotency-replayed'), 'true')
  assert.equal((await said()).filter((name) => name === 'order.placed').length, 1)
})

test('to everybody but its customer, its restaurant and admins an order is not there', async (t) => {
  const { caller, menu, url } = await start(t)
  const customer = await caller('customer')
  const { id } = (await customer.place()).body
  for (const reader of [
    customer,
    await caller('restaurant', menu.ownerId),
    await caller('admin'),
  ]) {
    assert.equal((await reader.get(id)).status, 200)
  }
  const strangers = [await caller('customer'), await caller('restaurant')]
  for (const stranger of strangers) {
    const answers = [await stranger.get(id), await stranger.step(id, 'cancel')]
    for (const { status, body } of answers) {
      assert.deepEqual([status, body.code], [404, 'order-not-found'])
    }
  }
  assert.equal((await strangers[1]!.step(id, 'accept')).status, 404)
  assert.equal((await customer.get('x')).status, 404)
  assert.equal((await request(`${url}/orders/${id}`)).status, 401)
})

test('the kitchen takes a paid order through its steps, in their order', async (t) => {
  const { caller, menu, reserved, captured, events } = await start(t)
  const customer = await caller('customer')
  const owner = await caller('restaurant', menu.ownerId)
  const { id } = (await customer.place()).body
  const early = await owner.step(id, 'accept')
  assert.deepEqual([early.status, early.body.code], [409, 'illegal-step'])
  await reserved(id)
  await captured(id)
  assert.equal((await customer.step(id, 'accept')).status, 403)
  for (const [step, status] of Object.entries({
    accept: 'accepted',
    ready: 'ready',
    deliver: 'delivered',
  })) {
    assert.deepEqual((await owner.step(id, step)).body.status, status)
    assert.equal((await owner.step(id, step)).status, 409, 'once')
  }
  assert.deepEqual((await events(id)).slice(3), ['accepted', 'ready', 'delivered'])
  assert.equal((await customer.step(id, 'cancel')).status, 409)
})

test('an order can be cancelled by its customer, or turned down by its restaurant', async (t) => {
  const { caller, menu } = await start(t)
  const customer = await caller('customer')
  const owner = await caller('restaurant', menu.ownerId)
  for (const [who, reason] of [
    [customer, 'customer-request'],
    [owner, 'rejected'],
  ] as const) {
    const { id } = (await customer.place()).body
    const { status, body } = await who.step(id, 'cancel')
    assert.deepEqual([status, body.status, body.cancelReason], [200, 'cancelled', reason])
  }
})

test('of an acceptance and a cancellation at the same time one wins', async (t) => {
  const { caller, menu, reserved, captured, events } = await start(t)
  const customer = await caller('customer')
  const owner = await caller('restaurant', menu.ownerId)
  const { id } = (await customer.place()).body
  await reserved(id)
  await captured(id)
  const answers = await Promise.all([
    ...Array.from({ length: 5 }, () => owner.step(id, 'accept')),
    ...Array.from({ length: 5 }, () => customer.step(id, 'cancel')),
  ])
  const worked = answers.filter(({ status }) => status === 200)
  const life = (await events(id)).slice(3)
  assert.equal(worked.length, life.length)
  assert.equal(new Set(life).size, life.length, 'each happened once')
})

test('a restaurant service that is down costs known menus nothing, unknown ones a 503', async (t) => {
  const { caller, restaurant } = await start(t)
  const customer = await caller('customer')
  assert.equal((await customer.place()).status, 201)
  restaurant.down = true
  assert.equal((await customer.place()).status, 201)
  const { status, headers } = await customer.place({ restaurantId: randomUUID() })
  assert.equal(status, 503)
  assert.ok(Number(headers.get('retry-after')) > 0)
})

test('neighbours with the key read an order in cents', async (t) => {
  const { caller, url } = await start(t)
  const { id } = (await (await caller('customer')).place()).body
  const path = `${url}/internal/orders/${id}`
  assert.equal((await request(path)).status, 401)
  const headers = { 'x-api-key': TEST_API_KEY }
  const { status, body } = await request(path, { headers })
  assert.deepEqual([status, body.totalCents], [200, 3_198])
  assert.equal((await request(`${url}/internal/orders/${randomUUID()}`, { headers })).status, 404)
})
