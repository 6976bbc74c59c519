import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { Menu } from '#contracts/menu.ts'
import { request } from '#platform/testing.ts'
import { API_KEY, opened, start } from './testing.ts'

const MARGHERITA = { name: 'Margherita', price: 9.99, description: 'Tomato and mozzarella' }

test('an item is priced in cents inside and as a decimal outside', async (t) => {
  const { caller, messages } = await start(t)
  const owner = await caller('restaurant')
  const id = await opened(owner)

  const added = await owner.call('POST', `/restaurants/${id}/menu`, { ...MARGHERITA, stock: 5 })

  assert.equal(added.status, 201)
  const item = { id: added.body.id, ...MARGHERITA }
  assert.deepEqual(added.body, item)
  const shown = await owner.call('GET', `/restaurants/${id}/menu`)
  assert.deepEqual(shown.body, { restaurantId: id, items: [item] })
  const { message, version, payload } = (await messages()).at(-1)
  assert.deepEqual([message, version, payload.version], ['menu.changed', 2, 2])
  const { price: _, ...rest } = item
  assert.deepEqual(payload.items, [{ ...rest, priceCents: 999, initialStock: 5 }])
})

test('every edit says the whole menu again, with the next version', async (t) => {
  const { caller, messages } = await start(t)
  const owner = await caller('restaurant')
  const menu = `/restaurants/${await opened(owner)}/menu`
  const { body: pizza } = await owner.call('POST', menu, MARGHERITA)
  const { body: cola } = await owner.call('POST', menu, { name: 'Cola', price: 3 })

  const changed = await owner.call('PUT', `${menu}/${cola.id}`, { price: 2.5 })
  const removed = await owner.call('DELETE', `${menu}/${pizza.id}`)

  assert.deepEqual([changed.status, changed.body], [200, { id: cola.id, name: 'Cola', price: 2.5 }])
  assert.equal(removed.status, 204)
  const menus = (await messages()).filter(({ message }) => message === 'menu.changed')
  const sizes = menus.map(({ version, payload }) => [version, payload.items.length])
  assert.deepEqual(sizes, [
    [1, 0],
    [2, 1],
    [3, 2],
    [4, 2],
    [5, 1],
  ])
  for (const { payload } of menus) Menu.parse(payload)
})

test('items added at the same time are all on the last menu announced', async (t) => {
  const { caller, messages } = await start(t)
  const owner = await caller('restaurant')
  const menu = `/restaurants/${await opened(owner)}/menu`

  await Promise.all(
    Array.from({ length: 8 }, (_, n) => owner.call('POST', menu, { name: `Dish ${n}`, price: n })),
  )

  const last = (await messages()).at(-1)
  assert.deepEqual([last.version, last.payload.items.length], [9, 8])
})

test('one Idempotency-Key adds one item', async (t) => {
  const { caller } = await start(t)
  const owner = await caller('restaurant')
  const menu = `/restaurants/${await opened(owner)}/menu`
  const add = () => owner.call('POST', menu, MARGHERITA, { 'idempotency-key': 'k1' })

  const [first, second] = [await add(), await add()]

  assert.equal(second.body.id, first.body.id)
  assert.equal((await owner.call('GET', menu)).body.items.length, 1)
})

test("nobody edits another owner's menu", async (t) => {
  const { caller } = await start(t)
  const [owner, rival, diner] = await Promise.all([
    caller('restaurant'),
    caller('restaurant'),
    caller('customer'),
  ])
  const menu = `/restaurants/${await opened(owner)}/menu`
  const { body: item } = await owner.call('POST', menu, MARGHERITA)
  const elsewhere = `/restaurants/${await opened(rival)}/menu/${item.id}`

  assert.equal((await rival.call('POST', menu, MARGHERITA)).body.code, 'restaurant-not-found')
  assert.equal((await rival.call('PUT', `${menu}/${item.id}`, { price: 0 })).status, 404)
  assert.equal((await diner.call('DELETE', `${menu}/${item.id}`)).status, 403)
  // Through a restaurant that is theirs, they still cannot reach an item that is not.
  assert.equal((await rival.call('DELETE', elsewhere)).body.code, 'menu-item-not-found')
  assert.deepEqual((await owner.call('GET', menu)).body.items, [item])
})

test('a bad item names every wrong field', async (t) => {
  const { caller } = await start(t)
  const owner = await caller('restaurant')
  const menu = `/restaurants/${await opened(owner)}/menu`

  const answer = await owner.call('POST', menu, { name: ' ', price: 9.999, stock: -1, vegan: true })

  assert.equal(answer.status, 400)
  const paths = answer.body.errors.map(({ path }: { path: string }) => path).sort()
  assert.deepEqual(paths, ['name', 'price', 'stock', 'vegan'])
})

test('neighbours read the menu in cents, and nobody else does', async (t) => {
  const { url, caller } = await start(t)
  const owner = await caller('restaurant')
  const id = await opened(owner)
  await owner.call('POST', `/restaurants/${id}/menu`, MARGHERITA)
  const read = (restaurantId: string, headers: Record<string, string>) =>
    request(`${url}/internal/menus/${restaurantId}`, { headers })

  const { body } = await read(id, { 'x-api-key': API_KEY })

  assert.deepEqual(Menu.parse(body), body)
  assert.deepEqual([body.ownerId, body.open, body.version], [owner.id, true, 2])
  assert.equal(body.items[0].priceCents, 999)
  assert.equal((await owner.call('GET', `/internal/menus/${id}`)).status, 401)
  const missing = await read(randomUUID(), { 'x-api-key': API_KEY })
  assert.deepEqual([missing.status, missing.body.code], [404, 'restaurant-not-found'])
})
