import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import type { OrderState } from '#contracts/order.ts'
import type { Role } from '#platform/auth.ts'
import { request } from '#platform/testing.ts'
import { anOrder, idsOf, serveLists as start } from './testing.ts'

test('an order is listed as version 1 shows orders', async (t) => {
  const { get, hearOrder } = await start(t)
  const order = anOrder({ note: 'Ring twice' })
  await hearOrder(order)

  const { status, body } = await get('/orders', 'customer', order.customerId)

  assert.equal(status, 200)
  const { id, customerId, restaurantId, placedAt } = order
  const [{ menuItemId }] = order.lines as [OrderState['lines'][number]]
  assert.deepEqual(body, {
    items: [
      {
        id,
        customerId,
        restaurantId,
        restaurantName: 'Trattoria Roma',
        status: 'placed',
        items: [{ menuItemId, name: 'Margherita', quantity: 2, unitPrice: 15.99 }],
        totalAmount: 31.98,
        currency: 'EUR',
        note: 'Ring twice',
        placedAt,
        version: 1,
      },
    ],
    page: 1,
    limit: 20,
    total: 1,
  })
})

test('diners see their own orders, owners those of their restaurants, admins all', async (t) => {
  const { url, get, hearOrder } = await start(t)
  const [one, two] = [anOrder(), anOrder({ placedAt: '2025-06-01T12:00:01.000Z' })]
  await hearOrder(one)
  await hearOrder(two)
  const seen = async (role: Role, id?: string) => idsOf((await get('/orders', role, id)).body)

  assert.deepEqual(await seen('customer', one.customerId), [one.id])
  assert.deepEqual(await seen('restaurant', two.ownerId), [two.id])
  assert.deepEqual(await seen('admin'), [two.id, one.id])
  assert.deepEqual(await seen('customer', one.ownerId), [])
  assert.equal((await request(`${url}/orders`)).status, 401)
})

test('a list is newest first, filtered by status, and paged', async (t) => {
  const { get, hearOrder } = await start(t)
  const customerId = randomUUID()
  const orders = [1, 2, 3, 4, 5].map((second) =>
    anOrder({
      customerId,
      placedAt: `2025-06-01T12:00:0${second}.000Z`,
      status: second === 4 ? 'paid' : 'placed',
    }),
  )
  for (const order of orders) await hearOrder(order)
  const [first, second, third, , fifth] = orders.map(({ id }) => id)

  const page = await get('/orders?status=placed&limit=3', 'customer', customerId)
  const next = await get('/orders?status=placed&limit=3&page=2', 'customer', customerId)

  assert.deepEqual([idsOf(page.body), page.body.total], [[fifth, third, second], 4])
  assert.deepEqual([idsOf(next.body), next.body.page], [[first], 2])
})

test("a customer's orders are for the customer and for admins", async (t) => {
  const { get, hearOrder } = await start(t)
  const order = anOrder()
  await hearOrder(order)
  const path = `/customers/${order.customerId}/orders`

  assert.deepEqual(idsOf((await get(path, 'customer', order.customerId)).body), [order.id])
  assert.deepEqual(idsOf((await get(path, 'admin')).body), [order.id])
  const stranger = await get(path, 'customer')
  assert.deepEqual([stranger.status, stranger.body.code], [404, 'customer-not-found'])
  assert.equal((await get('/customers/me/orders', 'customer')).status, 404)
})

test("a restaurant's orders are for its owner and for admins, from the first day on", async (t) => {
  const { get, hearOrder, hearRestaurant } = await start(t)
  const order = anOrder()
  const { restaurantId, ownerId } = order
  const path = `/restaurants/${restaurantId}/orders`

  assert.equal((await get(path, 'restaurant', ownerId)).body.code, 'restaurant-not-found')
  await hearRestaurant(restaurantId, ownerId)
  assert.deepEqual((await get(path, 'restaurant', ownerId)).body.items, [])
  await hearOrder(order)
  await hearOrder(anOrder({ ownerId }))

  assert.deepEqual(idsOf((await get(path, 'restaurant', ownerId)).body), [order.id])
  assert.deepEqual(idsOf((await get(path, 'admin')).body), [order.id])
  assert.equal((await get(path, 'restaurant')).status, 404)
  assert.equal((await get(path, 'customer', order.customerId)).status, 404)
})

test('in version 2 a list goes on from a cursor, and neither skips nor repeats what arrives meanwhile', async (t) => {
  const { url, as, hearOrder } = await start(t)
  const customerId = randomUUID()
  const place = (second: number) =>
    hearOrder(anOrder({ customerId, placedAt: `2025-06-01T12:00:0${second}.000Z` }))
  for (const second of [1, 2, 2, 2, 3]) await place(second)
  const seen: string[] = []
  let query = '?limit=2'
  while (query) {
    const headers = { ...(await as({ id: customerId, role: 'customer' })), 'api-version': 'v2' }
    const { body } = await request(`${url}/orders${query}`, { headers })
    assert.deepEqual(Object.keys(body).sort(), ['items', 'nextCursor'])
    seen.push(...idsOf(body))
    await place(9)
    query = body.nextCursor && `?limit=2&cursor=${body.nextCursor}`
  }
  assert.equal(seen.length, 5)
  assert.equal(new Set(seen).size, 5)

  const headers = { ...(await as({ id: customerId, role: 'customer' })), 'api-version': 'v2' }
  for (const [path, query] of [
    ['cursor', 'cursor=bm8'],
    ['page', 'page=2'],
  ]) {
    const { status, body } = await request(`${url}/orders?${query}`, { headers })
    assert.deepEqual([status, body.errors[0].path], [400, path])
  }
})

test('a list that cannot be is refused by the name of its field', async (t) => {
  const { get } = await start(t)

  for (const [query, path] of [
    ['status=eaten', 'status'],
    ['limit=0', 'limit'],
    ['sort=total', 'sort'],
  ]) {
    const { status, body } = await get(`/orders?${query}`, 'customer')
    assert.deepEqual([status, body.errors[0].path], [400, path], query)
  }
})
