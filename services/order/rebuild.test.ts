import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { rebuildOrders } from './rebuild.ts'
import { start } from './testing-service.ts'

const looks = { differed: [] as string[], broken: [] }

test('the snapshot of every order is the fold of its events', async (t) => {
  const { caller, reserved, captured, pool } = await start(t)
  const customer = await caller('customer')
  const placed = await Promise.all(Array.from({ length: 12 }, () => customer.place({ note: 'é' })))
  const ids = placed.map(({ body }) => body.id)
  await Promise.all(ids.slice(3).map((id) => reserved(id)))
  await Promise.all(ids.slice(6).map((id) => captured(id)))
  await customer.step(ids[6], 'cancel')
  assert.deepEqual(await rebuildOrders(pool, { mend: false }), {
    ...{ ...looks, orders: 12, events: 12 + 9 + 6 + 1 },
  })
})

test('a snapshot that was lost or changed by hand is made again from the events', async (t) => {
  const { caller, reserved, pool } = await start(t)
  const customer = await caller('customer')
  const ids = [(await customer.place()).body.id, (await customer.place()).body.id].sort()
  await reserved(ids[1])
  const before = (await customer.get(ids[0])).body
  await pool.query(`update orders set state = state || '{"totalCents": 1}' where id = $1`, [ids[0]])
  await pool.query('delete from sagas where order_id = $1', [ids[1]])
  await pool.query('delete from orders where id = $1', [ids[1]])
  const found = { ...looks, orders: 2, events: 3, differed: ids }
  assert.deepEqual(await rebuildOrders(pool, { mend: false }), found)
  assert.deepEqual(await rebuildOrders(pool, { mend: true }), found)
  assert.deepEqual((await rebuildOrders(pool, { mend: false })).differed, [])
  assert.deepEqual((await customer.get(ids[0])).body, before)
  assert.equal((await customer.get(ids[1])).body.status, 'reserved')
})

test('events that make no order are named and touch nothing', async (t) => {
  const { caller, pool } = await start(t)
  const customer = await caller('customer')
  const good = (await customer.place()).body.id
  const bad = randomUUID()
  const sql = `insert into order_events (order_id, version, type, payload, at)
               values ($1, 2, 'paid', '{"type": "paid"}', now())`
  await pool.query(sql, [bad])
  const { broken, orders } = await rebuildOrders(pool, { mend: true })
  assert.equal(orders, 2)
  assert.deepEqual(
    broken.map(({ orderId }) => orderId),
    [bad],
  )
  assert.equal((await customer.get(good)).status, 200)
  assert.equal((await pool.query('select from orders where id = $1', [bad])).rowCount, 0)
})
