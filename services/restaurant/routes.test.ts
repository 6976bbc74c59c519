import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { request } from '#platform/testing.ts'
import { opened, start } from './testing.ts'

test('a new restaurant belongs to whoever opens it and is announced with an empty menu', async (t) => {
  const { caller, messages } = await start(t)
  const owner = await caller('restaurant')

  const answer = await owner.call('POST', '/restaurants', { name: ' Roma ', cuisine: 'italian' })

  const { id } = answer.body
  assert.equal(answer.status, 201)
  assert.equal(answer.headers.get('location'), `/api/v1/restaurants/${id}`)
  assert.deepEqual(answer.body, {
    id,
    name: 'Roma',
    cuisine: 'italian',
    open: true,
    ownerId: owner.id,
  })
  const about = { restaurantId: id, ownerId: owner.id, name: 'Roma', open: true }
  assert.deepEqual(await messages(), [
    {
      message: 'restaurant.changed',
      aggregate_id: id,
      version: 1,
      payload: { ...about, deleted: false },
    },
    {
      message: 'menu.changed',
      aggregate_id: id,
      version: 1,
      payload: { ...about, version: 1, items: [] },
    },
  ])
})

test('one Idempotency-Key opens one restaurant', async (t) => {
  const { caller, messages } = await start(t)
  const owner = await caller('restaurant')
  const open = () =>
    owner.call('POST', '/restaurants', { name: 'Roma' }, { 'idempotency-key': 'k1' })

  const [first, second] = [await open(), await open()]

  assert.equal(second.text, first.text)
  assert.equal((await messages()).length, 2)
})

test('customers open nothing, and strangers are asked to sign in', async (t) => {
  const { url, caller, messages } = await start(t)
  const diner = await caller('customer')

  const refused = await diner.call('POST', '/restaurants', { name: 'Roma' })

  assert.deepEqual([refused.status, refused.body.code], [403, 'forbidden'])
  assert.equal((await request(`${url}/restaurants`, { body: { name: 'Roma' } })).status, 401)
  assert.deepEqual(await messages(), [])
})

test('a bad restaurant names every wrong field', async (t) => {
  const { caller } = await start(t)
  const owner = await caller('restaurant')

  const answer = await owner.call('POST', '/restaurants', { name: '', cuisine: 7, stars: 3 })

  assert.equal(answer.status, 400)
  const paths = answer.body.errors.map(({ path }: { path: string }) => path).sort()
  assert.deepEqual(paths, ['cuisine', 'name', 'stars'])
})

test("another owner's restaurant is not there to be changed; an admin changes it", async (t) => {
  const { caller } = await start(t)
  const [owner, rival, diner, admin] = await Promise.all([
    caller('restaurant'),
    caller('restaurant'),
    caller('customer'),
    caller('admin'),
  ])
  const path = `/restaurants/${await opened(owner)}`

  assert.equal((await rival.call('PUT', path, { name: 'Mine' })).status, 404)
  assert.equal((await rival.call('DELETE', path)).status, 404)
  assert.equal((await diner.call('DELETE', path)).status, 403)
  assert.equal((await admin.call('PUT', path, { open: false })).body.open, false)
  assert.equal((await owner.call('GET', path)).body.name, 'Roma')
})

test('changes made at the same time get versions of their own', async (t) => {
  const { caller, messages } = await start(t)
  const owner = await caller('restaurant')
  const path = `/restaurants/${await opened(owner)}`

  await Promise.all(
    Array.from({ length: 8 }, (_, n) => owner.call('PUT', path, { name: `Roma ${n}` })),
  )

  const changed = (await messages()).filter(({ message }) => message === 'restaurant.changed')
  assert.deepEqual(
    changed.map(({ version }) => version),
    [1, 2, 3, 4, 5, 6, 7, 8, 9],
  )
  const last = changed.at(-1).payload
  assert.equal(last.name, (await owner.call('GET', path)).body.name)
})

test('a removed restaurant is gone, closed and without a menu', async (t) => {
  const { caller, messages } = await start(t)
  const owner = await caller('restaurant')
  const path = `/restaurants/${await opened(owner)}`
  await owner.call('POST', `${path}/menu`, { name: 'Margherita', price: 9.5 })

  assert.equal((await owner.call('DELETE', path)).status, 204)

  for (const gone of [path, `${path}/menu`]) {
    const { status, body } = await owner.call('GET', gone)
    assert.deepEqual([status, body.code], [404, 'restaurant-not-found'])
  }
  assert.equal((await owner.call('DELETE', path)).status, 404)
  const [restaurant, menu] = (await messages()).slice(-2)
  assert.deepEqual([restaurant.payload.deleted, restaurant.payload.open], [true, false])
  assert.deepEqual([menu.version, menu.payload.items], [3, []])
})

test('a list finds parts of names and cuisines, and takes wildcards literally', async (t) => {
  const { caller } = await start(t)
  const owner = await caller('restaurant')
  await opened(owner, 'Roma', { cuisine: 'Italian' })
  await opened(owner, 'Trattoria 100%', { cuisine: 'italian' })
  await opened(owner, 'Sakura', { cuisine: 'Japanese' })
  const names = async (q: string) => {
    const { body } = await owner.call('GET', `/restaurants?q=${encodeURIComponent(q)}`)
    return body.items.map(({ name }: { name: string }) => name)
  }

  assert.deepEqual(await names('ITAL'), ['Roma', 'Trattoria 100%'])
  assert.deepEqual(await names('kura'), ['Sakura'])
  assert.deepEqual(await names('%'), ['Trattoria 100%'])
  assert.deepEqual(await names('_oma'), [])
})

test('pages follow each other and count everything', async (t) => {
  const { caller } = await start(t)
  const owner = await caller('restaurant')
  for (const name of ['C', 'A', 'B']) await opened(owner, name)

  const { body } = await owner.call('GET', '/restaurants?page=2&limit=2')

  assert.deepEqual(
    { ...body, items: body.items.map(({ name }: { name: string }) => name) },
    { items: ['C'], page: 2, limit: 2, total: 3 },
  )
})

test('in version 2 a list goes on from a cursor, and neither skips nor repeats what opens meanwhile', async (t) => {
  const { caller } = await start(t)
  const owner = await caller('restaurant')
  const v2 = (query: string) =>
    owner.call('GET', `/restaurants?${query}`, undefined, { 'api-version': 'v2' })
  for (const name of ['Roma', 'Zur Post', 'Roma', 'Ånfield', 'Łódź "2"', 'Roma']) {
    await opened(owner, name)
  }
  await opened(owner, 'Sakura')
  const seen: { id: string; name: string }[] = []
  let query = 'limit=2&q=o'
  while (query) {
    const { status, headers, body } = await v2(query)
    assert.deepEqual([status, Object.keys(body).sort()], [200, ['items', 'nextCursor']])
    assert.ok(headers.get('etag'))
    seen.push(...body.items)
    await opened(owner, 'A new one, of an earlier name')
    query = body.nextCursor && `limit=2&q=o&cursor=${body.nextCursor}`
  }
  const names = seen.map(({ name }) => name)
  assert.deepEqual(names.toSorted(), ['Roma', 'Roma', 'Roma', 'Zur Post'])
  assert.equal(new Set(seen.map(({ id }) => id)).size, 4)

  const foreign = Buffer.from(JSON.stringify(['\0', randomUUID()])).toString('base64url')
  for (const [path, wrong] of [
    ['page', 'page=2'],
    ['cursor', 'cursor=bm8'],
    ['cursor', `cursor=${foreign}`],
  ]) {
    const { status, body } = await v2(wrong!)
    assert.deepEqual([status, body.errors?.[0].path], [400, path], wrong)
  }
})

test('a page that cannot be is refused by the name of its field', async (t) => {
  const { caller } = await start(t)
  const diner = await caller('customer')
  const wrong = {
    'page=0': 'page',
    'page=': 'page',
    'limit=101': 'limit',
    'limit=1e1': 'limit',
    'page=1&page=2': 'page',
    'q=%00': 'q',
    'sort=name': 'sort',
  }

  for (const [query, path] of Object.entries(wrong)) {
    const { status, body } = await diner.call('GET', `/restaurants?${query}`)
    assert.deepEqual([status, body.errors?.[0].path], [400, path], query)
  }
})

test('a reader who has the latest menu is told so, until it changes', async (t) => {
  const { caller } = await start(t)
  const owner = await caller('restaurant')
  const menu = `/restaurants/${await opened(owner)}/menu`
  const etag = (await owner.call('GET', menu)).headers.get('etag') ?? ''
  const ask = (tag: string) => owner.call('GET', menu, undefined, { 'if-none-match': tag })

  assert.match(etag, /^"[\w-]+"$/)
  const unchanged = await ask(`"other", W/${etag}`)
  assert.deepEqual([unchanged.status, unchanged.text], [304, ''])
  await owner.call('POST', menu, { name: 'Margherita', price: 9.5 })
  assert.equal((await ask(etag)).status, 200)
})

test('an id that is no uuid names no restaurant', async (t) => {
  const { caller } = await start(t)
  const owner = await caller('restaurant')

  for (const [method, body] of [['GET'], ['PUT', {}], ['DELETE']] as const) {
    const answer = await owner.call(method, '/restaurants/roma', body)
    assert.deepEqual([answer.status, answer.body.code], [404, 'restaurant-not-found'], method)
  }
  assert.equal((await owner.call('GET', `/restaurants/${randomUUID()}/menu`)).status, 404)
})
