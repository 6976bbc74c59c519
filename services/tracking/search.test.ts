import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import type { Db } from '#platform/sql.ts'
import { request } from '#platform/testing.ts'
import { listOrders } from './list-store.ts'
import { anOrder, idsOf, serveLists as start } from './testing.ts'

test('a list names the customers, as they are called now, until they leave', async (t) => {
  const { pool, get, hearOrder, hearRegistered, hearCustomer } = await start(t)
  const order = anOrder()
  const { customerId, ownerId } = order
  const named = async () => (await get('/orders', 'restaurant', ownerId)).body.items[0].customerName

  await hearOrder(order)
  assert.equal(await named(), undefined)
  await hearRegistered(customerId, 'Mia')
  assert.equal(await named(), 'Mia')
  await hearCustomer(customerId, 'Mia M.', 2)
  await hearRegistered(customerId, 'Mia')
  assert.equal(await named(), 'Mia M.')
  await hearCustomer(customerId, '', 3, true)
  assert.equal(await named(), undefined)
  const { rows } = await pool.query('select name from customers')
  assert.deepEqual(rows, [{ name: null }], 'and nowhere else either')
})

test('orders are found by the words of their restaurant and their dishes', async (t) => {
  const { get, hearOrder } = await start(t)
  const [customerId, ownerId] = [randomUUID(), randomUUID()]
  const place = async (restaurantName: string, dishes: string[], second: number) => {
    const lines = dishes.map((name) => ({ ...anOrder().lines[0]!, name }))
    const placedAt = `2025-06-01T12:00:0${second}.000Z`
    const order = anOrder({ customerId, ownerId, restaurantName, lines, placedAt })
    await hearOrder(order)
    await hearOrder({ ...order, status: 'paid', version: 2 })
    return order.id
  }
  const pizza = await place('Trattoria Roma', ['Pizza Margherita', 'Tiramisù'], 1)
  const soup = await place('Suppenküche', ['Margarita-Suppe'], 2)
  await hearOrder(anOrder({ restaurantName: 'Roma' }))
  const found = async (q: string, more = '') => {
    const query = `/orders?q=${encodeURIComponent(q)}${more}`
    const { status, body } = await get(query, 'customer', customerId)
    return status === 200 ? { ids: idsOf(body), total: body.total } : body.errors[0].path
  }

  assert.deepEqual(await found('roma'), { ids: [pizza], total: 1 })
  assert.deepEqual(await found('MARG'), { ids: [soup, pizza], total: 2 })
  assert.deepEqual(await found('marg', '&limit=1&page=2'), { ids: [pizza], total: 2 })
  assert.deepEqual(await found('marg', '&status=placed'), { ids: [], total: 0 })
  assert.deepEqual(await found('tiramisù, roma!'), { ids: [pizza], total: 1 })
  assert.deepEqual(await found('suppenkü'), { ids: [soup], total: 1 })
  assert.deepEqual(await found('roma suppe'), { ids: [], total: 0 })
  assert.deepEqual(await found(`' | & ! <-> :* roma`), { ids: [pizza], total: 1 })
  assert.equal(await found('!?'), 'q')
  const admin = await get('/orders?q=roma', 'admin')
  assert.equal(admin.body.total, 2)
})

test('in version 2 what is found goes on from a cursor as well', async (t) => {
  const { url, as, hearOrder } = await start(t)
  const customerId = randomUUID()
  const headers = { ...(await as({ id: customerId, role: 'customer' })), 'api-version': 'v2' }
  for (const second of [1, 2, 3]) {
    await hearOrder(anOrder({ customerId, placedAt: `2025-06-01T12:00:0${second}.000Z` }))
    await hearOrder(anOrder({ customerId, restaurantName: 'Verde' }))
  }
  const first = await request(`${url}/orders?q=roma&limit=2`, { headers })
  const rest = await request(`${url}/orders?q=roma&cursor=${first.body.nextCursor}`, { headers })
  const names = [...first.body.items, ...rest.body.items].map((item) => item.restaurantName)
  assert.deepEqual(names, ['Trattoria Roma', 'Trattoria Roma', 'Trattoria Roma'])
})

test('a rare word is found through the index, not by reading every order', async (t) => {
  const { pool } = await start(t)
  await pool.query(`insert into orders
    select gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 'paid', 1,
      now() - n * interval '1 second', json_build_object('note', repeat('x', 500)), to_tsvector('simple', 'dish number ' || n)
    from generate_series(1, 20000) n`)
  await pool.query('vacuum analyze orders')
  const plans: string[] = []
  const explaining: Db = {
    async query(statement) {
      const { text, values } = statement
      const { rows } = await pool.query(`explain ${text}`, values)
      plans.push(rows.map((row) => row['QUERY PLAN']).join('\n'))
      return pool.query(statement)
    },
  }
  const listing = { words: ['19999'], limit: 20, offset: 0 }
  const { items, total } = await listOrders(explaining, 'everybody', listing)
  assert.deepEqual([items.length, total, plans.length], [1, 1, 2])
  for (const plan of plans) assert.match(plan, /Bitmap Index Scan on orders_words/)
})
