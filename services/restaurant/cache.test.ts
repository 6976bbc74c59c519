import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { eventually, request } from '#platform/testing.ts'
import { hearing } from '#platform/testing-hearing.ts'
import { ownRedis } from '#platform/testing-redis.ts'
import { restaurantConsumers } from './consumers.ts'
import { opened, start } from './testing.ts'

const PIZZA = { name: 'Margherita', price: 9.5 }

test('a menu is read from the cache, with the ETag it had', async (t) => {
  const { pool, url, caller } = await start(t)
  const menu = `/restaurants/${await opened(await caller('restaurant'))}/menu`
  const first = await request(url + menu)

  // Behind the service's back: who still reads the old name reads the cache.
  await pool.query(`update menu_items set name = 'changed'`)
  const second = await request(url + menu)

  assert.equal(second.text, first.text)
  assert.equal(second.headers.get('etag'), first.headers.get('etag'))
  const known = { 'if-none-match': first.headers.get('etag')! }
  assert.equal((await request(url + menu, { headers: known })).status, 304)
})

test('every change is read at once, by everybody', async (t) => {
  const { url, caller } = await start(t)
  const owner = await caller('restaurant')
  const path = `/restaurants/${await opened(owner)}`
  const shown = async () => [
    (await request(url + path)).body?.name,
    (await request(`${url}${path}/menu`)).body?.items?.map(({ name }: { name: string }) => name),
  ]
  assert.deepEqual(await shown(), ['Roma', []])

  const { body: pizza } = await owner.call('POST', `${path}/menu`, PIZZA)
  assert.deepEqual(await shown(), ['Roma', ['Margherita']])
  await owner.call('PUT', `${path}/menu/${pizza.id}`, { name: 'Diavola' })
  await owner.call('PUT', path, { name: 'Napoli' })
  assert.deepEqual(await shown(), ['Napoli', ['Diavola']])
  await owner.call('DELETE', path)
  assert.equal((await request(url + path)).status, 404)
  assert.equal((await request(`${url}${path}/menu`)).status, 404)
})

test('a change that was not followed by its invalidation is made good when it is heard', async (t) => {
  const { pool, url, caller, views } = await start(t)
  const id = await opened(await caller('restaurant'))
  const hear = hearing(pool, restaurantConsumers(views))
  const name = async () => (await request(`${url}/restaurants/${id}`)).body.name
  assert.equal(await name(), 'Roma')
  // What a process leaves that dies right after its commit.
  await pool.query(`update restaurants set name = 'Napoli'`)
  assert.equal(await name(), 'Roma')

  const payload = {
    restaurantId: id,
    ownerId: randomUUID(),
    name: 'Napoli',
    open: true,
    deleted: false,
  }
  await hear('restaurant.cache', 'restaurant.changed', payload, { aggregateId: id })

  assert.equal(await name(), 'Napoli')
})

test('without redis restaurants are read and changed, and the event waits for its return', async (t) => {
  const server = await ownRedis(t)
  const { pool, url, caller, redis, views } = await start(t, server.url)
  const owner = await caller('restaurant')
  const path = `/restaurants/${await opened(owner)}`
  const hear = hearing(pool, restaurantConsumers(views))
  const menu = { restaurantId: path.split('/')[2]!, ownerId: owner.id, name: 'Roma', open: true }
  const changed = () => hear('restaurant.cache', 'menu.changed', { ...menu, version: 2, items: [] })

  server.signal('SIGSTOP')
  assert.equal((await owner.call('PUT', path, { name: 'Napoli' })).status, 200)
  assert.equal((await request(url + path)).body.name, 'Napoli')
  await server.kill()
  assert.equal((await owner.call('PUT', path, { name: 'Milano' })).status, 200)
  assert.equal((await request(url + path)).body.name, 'Milano')
  await assert.rejects(changed())

  await server.start()
  await eventually(async () => redis.status === 'ready')
  await changed()
  assert.equal((await request(url + path)).body.name, 'Milano')
})
