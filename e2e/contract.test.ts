import assert from 'node:assert/strict'
import { test } from 'node:test'
import { request } from '#platform/testing.ts'
import { basket, GATEWAY, openShop, someone } from './people.ts'

const api = `${GATEWAY}/api/v1`

test('a wrong body names every wrong field', async () => {
  const customer = await someone('customer')
  const { status, headers, body } = await customer.call('POST', '/orders', {
    restaurantId: 'nope',
    items: [{ menuItemId: crypto.randomUUID(), quantity: 0 }],
    extra: true,
  })
  assert.equal(status, 400)
  assert.match(headers.get('content-type') ?? '', /^application\/problem\+json/)
  assert.equal(body.code, 'invalid-request')
  const paths = body.errors.map(({ path }: { path: string }) => path).sort()
  assert.deepEqual(paths, ['extra', 'items.0.quantity', 'restaurantId'])
  assert.equal(body.correlationId, headers.get('x-correlation-id'))
})

test('malformed JSON is 400, and a body over 100 kB is 413, declared or not', async () => {
  const customer = await someone('customer')
  assert.equal((await customer.call('POST', '/orders', '{"items": [')).status, 400)
  const large = { note: 'x'.repeat(120_000) }
  assert.equal((await customer.call('POST', '/orders', large)).status, 413)
  const chunked = await fetch(`${api}/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: new Blob([JSON.stringify(large)]).stream(),
    duplex: 'half',
  } as RequestInit)
  assert.equal(chunked.status, 413)
})

test('an unknown route and an unknown version are problems', async () => {
  for (const path of ['/nowhere', '/api/v1/nowhere', '/api/v9/orders']) {
    const { status, body } = await request(GATEWAY + path)
    assert.equal(status, 404, path)
    assert.equal(body.code, 'not-found')
  }
  const { body } = await request(`${GATEWAY}/api/restaurants`, { headers: { 'api-version': 'v9' } })
  assert.equal(body.code, 'unknown-version')
})

test('the version may come in a header, and v1 is the default', async () => {
  for (const headers of [undefined, { 'api-version': 'v1' }]) {
    assert.equal((await request(`${GATEWAY}/api/restaurants`, { headers })).status, 200)
  }
})

test('no token and a bad token are 401, the wrong role 403, somebody else’s order 404', async () => {
  const shop = await openShop()
  const [customer, stranger] = await Promise.all([someone('customer'), someone('customer')])
  const order = (await customer.call('POST', '/orders', basket(shop))).body
  const path = `${api}/orders/${order.id}`
  assert.equal((await request(path)).status, 401)
  const bad = { authorization: 'Bearer aaa.bbb.ccc' }
  assert.equal((await request(path, { headers: bad })).status, 401)
  assert.equal((await stranger.call('GET', `/orders/${order.id}`)).status, 404)
  assert.equal((await stranger.call('POST', `/orders/${order.id}/cancel`)).status, 404)
  assert.equal((await shop.owner.call('POST', '/orders', basket(shop))).status, 403)
  assert.equal((await customer.call('POST', `/orders/${order.id}/accept`)).status, 403)
  assert.equal((await shop.owner.call('GET', `/orders/${order.id}`)).status, 200)
})

test('an order answers the fields of the contract, and what its restaurant is called', async () => {
  const shop = await openShop({ price: 15.99 })
  const customer = await someone('customer')
  const { headers, body } = await customer.call('POST', '/orders', {
    ...basket(shop, { quantity: 2 }),
    note: 'no onions',
  })
  assert.equal(headers.get('location'), `/api/v1/orders/${body.id}`)
  assert.match(body.id, /^[0-9a-f]{8}-[0-9a-f]{4}-7/)
  assert.match(body.placedAt, /^\d{4}-\d\d-\d\dT.*Z$/)
  const { id, placedAt, ...rest } = body
  assert.deepEqual(rest, {
    customerId: customer.id,
    restaurantId: shop.restaurantId,
    restaurantName: 'Test Restaurant',
    status: 'placed',
    items: [{ menuItemId: shop.itemId, name: 'Pizza', quantity: 2, unitPrice: 15.99 }],
    totalAmount: 31.98,
    currency: 'EUR',
    note: 'no onions',
    version: 1,
  })
})

test('the menu has a strong ETag and answers 304 to whoever has it', async () => {
  const shop = await openShop()
  const menu = await request(`${api}/restaurants/${shop.restaurantId}/menu`)
  const etag = menu.headers.get('etag') ?? ''
  assert.match(etag, /^"[^"]+"$/)
  const again = await request(`${api}/restaurants/${shop.restaurantId}/menu`, {
    headers: { 'if-none-match': etag },
  })
  assert.equal(again.status, 304)
})

test('the correlation id is taken, echoed, and made when there is none', async () => {
  const mine = await request(`${api}/restaurants`, { headers: { 'x-correlation-id': 'mine-1' } })
  assert.equal(mine.headers.get('x-correlation-id'), 'mine-1')
  assert.match(
    (await request(`${api}/restaurants`)).headers.get('x-correlation-id') ?? '',
    /^[\w-]{36}$/,
  )
})

test('the gateway is healthy, names its dependencies, and forwards nothing internal', async () => {
  const { status, body } = await request(`${GATEWAY}/health`)
  assert.equal(status, 200, JSON.stringify(body))
  assert.equal(body.service, 'gateway-service')
  assert.equal(body.dependencies.order.status, 'healthy')
  assert.ok(body.resources.memory.rss > 0)
  assert.equal((await request(`${api}/internal/orders/${crypto.randomUUID()}`)).status, 404)
  assert.equal((await request(`${GATEWAY}/.well-known/jwks.json`)).status, 200)
})
