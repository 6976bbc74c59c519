import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { type TestContext, test } from 'node:test'
import type { Role } from '#platform/auth.ts'
import { eventually, request } from '#platform/testing.ts'
import { ownRedis } from '#platform/testing-redis.ts'
import { anOrder, serveLists } from './testing.ts'

type Reader = { role: Role; id: string; path: string; version: string }

/** One order, and everybody who sees it in a list. */
async function start(t: TestContext, redisUrl?: string) {
  const service = await serveLists(t, redisUrl)
  const order = anOrder()
  const { customerId, restaurantId, ownerId } = order
  await service.hearRestaurant(restaurantId, ownerId)
  await service.hearOrder(order)
  const customer = { role: 'customer', id: customerId, path: '/orders', version: 'v1' } as const
  const owner = { role: 'restaurant', id: ownerId, path: '/orders', version: 'v1' } as const
  const kept: Reader[] = [
    customer,
    { ...customer, version: 'v2' },
    { ...customer, path: `/customers/${customerId}/orders?limit=5` },
    owner,
    { ...owner, path: `/restaurants/${restaurantId}/orders`, version: 'v2' },
  ]
  const loaded: Reader[] = [
    { ...customer, path: '/orders?q=margherita' },
    { ...customer, role: 'admin', id: randomUUID() },
  ]
  const get = async ({ role, id, path, version }: Reader, headers = {}) =>
    request(service.url + path, {
      headers: { ...(await service.as({ role, id })), 'api-version': version, ...headers },
    })
  const getAll = (readers: Reader[]) => Promise.all(readers.map((reader) => get(reader)))
  /** What everybody sees of the order. */
  const shown = async (field: 'status' | 'customerName') => {
    const seen = (await getAll([...kept, ...loaded])).map(({ body }) => body.items[0]?.[field])
    assert.equal(new Set(seen).size, 1, `${seen}`)
    return seen[0]
  }
  // Its answer comes after that of what the connection began with.
  await service.redis.ping()
  return { ...service, order, customer, kept, loaded, get, getAll, shown }
}

test('a list is read again as the same bytes, with the ETag it had', async (t) => {
  const { pool, kept, loaded, getAll, get } = await start(t)
  const first = await getAll(kept)
  await getAll(loaded)

  // Behind the projector's back: who still sees the order sees what was kept.
  await pool.query('delete from orders')
  const second = await getAll(kept)

  for (const [i, { status, text, headers }] of second.entries()) {
    const etag = headers.get('etag')!
    assert.deepEqual([status, text, etag], [200, first[i]!.text, first[i]!.headers.get('etag')])
    assert.equal((await get(kept[i]!, { 'if-none-match': etag })).status, 304)
  }
  for (const { body } of await getAll(loaded)) assert.deepEqual(body.items, [])
})

test('each change of an order is seen at once by everybody, whatever page they read', async (t) => {
  const { order, shown, hearOrder } = await start(t)
  assert.equal(await shown('status'), 'placed')
  for (const [i, status] of (['reserved', 'paid', 'cancelled'] as const).entries()) {
    await hearOrder({ ...order, status, version: i + 2 })
    assert.equal(await shown('status'), status)
  }
})

test('what a customer is called now is seen by everybody who serves them, and nothing when they have left', async (t) => {
  const { order, shown, hearRegistered, hearCustomer } = await start(t)
  assert.equal(await shown('customerName'), undefined)
  await hearRegistered(order.customerId, 'Anna')
  assert.equal(await shown('customerName'), 'Anna')
  await hearCustomer(order.customerId, 'Anna Bell', 2)
  assert.equal(await shown('customerName'), 'Anna Bell')
  await hearCustomer(order.customerId, '', 3, true)
  assert.equal(await shown('customerName'), undefined)
})

test('a second delivery makes good what a crash after the commit has left', async (t) => {
  const { pool, order, shown, hearOrder, hearCustomer } = await start(t)
  await hearCustomer(order.customerId, 'Anna', 1)
  assert.deepEqual([await shown('status'), await shown('customerName')], ['placed', 'Anna'])
  const paid = { ...order, status: 'paid', version: 2 } as const
  await pool.query(
    `update orders set status = 'paid', version = 2, state = '${JSON.stringify(paid)}'`,
  )
  await pool.query(`update customers set name = 'Anna Bell', version = 2`)

  await hearOrder(paid)
  assert.equal(await shown('status'), 'paid')
  await hearCustomer(order.customerId, 'Anna Bell', 2)
  assert.equal(await shown('customerName'), 'Anna Bell')
})

test('who may read a list is asked each time, and before the cache is', async (t) => {
  const { order, get, hearRestaurant } = await start(t)
  const { restaurantId, ownerId } = order
  const path = `/restaurants/${restaurantId}/orders`
  const read = (id: string) => get({ role: 'restaurant', id, path, version: 'v1' })
  assert.equal((await read(ownerId)).status, 200)

  const buyer = randomUUID()
  await hearRestaurant(restaurantId, buyer, 2)

  assert.deepEqual([(await read(ownerId)).status, (await read(buyer)).status], [404, 200])
})

test('five hundred who read one list at once cause one page to be read and one count', async (t) => {
  const { pool, lists, order } = await start(t)
  let queries = 0
  const query = pool.query.bind(pool) as (...args: unknown[]) => unknown
  const counting = (...args: unknown[]) => {
    queries++
    return query(...args)
  }
  Object.assign(pool, { query: counting })
  const read = () => lists.page({ customerId: order.customerId }, { page: 1, limit: 20 })

  const answers = await Promise.all(Array.from({ length: 500 }, read))

  assert.equal(new Set(answers.map(({ etag }) => etag)).size, 1)
  assert.equal(queries, 2)
})

test('a redis that hangs, is killed or was emptied costs no list, and never shows an order as it was', async (t) => {
  const server = await ownRedis(t)
  const { order, shown, hearOrder, hearCustomer, redis } = await start(t, server.url)
  let version = order.version
  const seesAChange = async () => {
    version++
    const name = `Anna ${version}`
    await hearCustomer(order.customerId, name, version)
    assert.equal(await shown('customerName'), name)
    const status = version % 2 ? 'paid' : 'reserved'
    await hearOrder({ ...order, status, version })
    assert.equal(await shown('status'), status)
  }
  const back = async () => {
    await eventually(async () => redis.status === 'ready')
    await redis.ping()
  }
  await seesAChange()

  server.signal('SIGSTOP')
  // What Redis was told before it was given up it hears in the end: this, and nothing that follows.
  await hearOrder(anOrder({ placedAt: '2024-06-01T12:00:00.000Z' }))
  await seesAChange()
  server.signal('SIGCONT')
  await back()
  const [status, name] = [version % 2 ? 'paid' : 'reserved', `Anna ${version}`]
  assert.deepEqual([await shown('status'), await shown('customerName')], [status, name])

  await redis.flushall()
  await seesAChange()
  await server.kill()
  await seesAChange()
  await server.start()
  await back()
  await seesAChange()
})
