import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { type TestContext, test } from 'node:test'
import type { Role } from '#platform/auth.ts'
import { httpApp } from '#platform/http/app.ts'
import { request, serve, silentLog, testTokens } from '#platform/testing.ts'
import { stockRoutes } from './routes.ts'
import { aBasket, aMenu, start as startInventory } from './testing.ts'

/** The routes, and a restaurant with five of its first dish and a second one made to order. */
async function start(t: TestContext) {
  const service = await startInventory(t)
  const { authenticate, as } = await testTokens()
  const url = await serve(t, httpApp(silentLog, [authenticate, stockRoutes(service)]))
  const menu = aMenu(5, null)
  service.restaurant.known.set(menu.restaurantId, menu)
  const path = `${url}/restaurants/${menu.restaurantId}/stock`
  const [first, second] = menu.items.map(({ id }) => id) as [string, string]
  const headers = (role: Role, id: string) => as({ id, role })
  return {
    ...service,
    ...{ url, path, menu, first, second },
    list: async (role: Role = 'restaurant', id = menu.ownerId) =>
      request(path, { headers: await headers(role, id) }),
    set: async (item: string, body: unknown, role: Role = 'restaurant', id = menu.ownerId) =>
      request(`${path}/${item}`, { method: 'PUT', headers: await headers(role, id), body }),
  }
}

test('the owner sees the shelf of a menu nobody has told inventory of', async (t) => {
  const { list, first, second } = await start(t)
  const { status, body } = await list()
  assert.equal(status, 200)
  const byId = new Map(body.items.map((item: { menuItemId: string }) => [item.menuItemId, item]))
  assert.deepEqual(byId.get(first), { menuItemId: first, available: 5, reserved: 0 })
  assert.deepEqual(byId.get(second), { menuItemId: second, available: null, reserved: 0 })
})

test('the owner sets what is available, and what is reserved stays reserved', async (t) => {
  const { hearMenu, reserve, set, list, menu, first } = await start(t)
  await hearMenu(menu)
  await reserve(aBasket(menu, 2))
  const answer = await set(first, { available: 40 })
  assert.deepEqual(
    [answer.status, answer.body],
    [200, { menuItemId: first, available: 40, reserved: 2 }],
  )
  assert.equal((await set(first, { available: null }, 'admin', randomUUID())).body.available, null)
  assert.equal((await list()).body.items.length, 2)
})

test('to strangers a restaurant has no shelf, and diners have no business here', async (t) => {
  const { list, set, first, path, shelf, menu } = await start(t)
  const stranger = await list('restaurant', randomUUID())
  assert.deepEqual([stranger.status, stranger.body.code], [404, 'restaurant-not-found'])
  assert.equal((await set(first, { available: 1 }, 'restaurant', randomUUID())).status, 404)
  assert.equal((await list('customer')).status, 403)
  assert.equal((await request(path)).status, 401)
  assert.deepEqual((await shelf(menu))[0], '5/0', 'nothing has changed')
})

test('items and restaurants that are not there are named as such', async (t) => {
  const { url, set } = await start(t)
  for (const item of [randomUUID(), 'soup']) {
    const { status, body } = await set(item, { available: 1 })
    assert.deepEqual([status, body.code], [404, 'item-not-found'])
  }
  assert.equal((await request(`${url}/restaurants/x/stock`)).status, 401)
})

test('a number that cannot be is refused by the name of its field', async (t) => {
  const { set, first } = await start(t)
  for (const available of [-1, 1.5, 'many', 1_000_001]) {
    const { status, body } = await set(first, { available })
    assert.deepEqual([status, body.errors[0].path], [400, 'available'])
  }
})

test('while the restaurant service is down the last menu heard serves', async (t) => {
  const { restaurant, hearMenu, list, menu } = await start(t)
  restaurant.down = true
  assert.equal((await list()).status, 404)
  await hearMenu(menu)
  assert.equal((await list()).body.items.length, 2)
})
