import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { type TestContext, test } from 'node:test'
import { fireDeadlines } from './fire-deadlines.ts'
import { start as startService } from './testing-service.ts'

/** PostgreSQL refuses to write this table, as it does when its disk is full. */
async function start(t: TestContext, table: string) {
  const service = await startService(t)
  const { pool } = service
  await pool.query(`create function full_disk() returns trigger language plpgsql as $$
    begin raise exception 'could not extend file' using errcode = 'disk_full'; end $$`)
  return {
    ...service,
    fill: () =>
      pool.query(`create trigger full_disk before insert or update on ${table}
                  for each statement execute function full_disk()`),
    makeRoom: () => pool.query(`drop trigger full_disk on ${table}`),
  }
}

for (const table of ['orders', 'order_events', 'sagas', 'outbox', 'idempotency_keys']) {
  test(`while ${table} cannot be written a placement is 503 and leaves nothing, later it works`, async (t) => {
    const { caller, fill, makeRoom, pool, said } = await start(t, table)
    const customer = await caller('customer')
    const before = (await customer.place()).body
    const key = { 'idempotency-key': randomUUID() }
    await fill()
    const { status, headers, body } = await customer.place({}, key)
    assert.deepEqual([status, body.code], [503, 'unavailable'])
    assert.ok(Number(headers.get('retry-after')) > 0)
    assert.equal((await customer.get(before.id)).status, 200, 'reads go on')
    assert.equal((await said()).length, 2)
    await makeRoom()
    assert.equal((await customer.place({}, key)).status, 201)
    for (const each of ['orders', 'order_events', 'sagas']) {
      assert.equal((await pool.query(`select from ${each}`)).rowCount, 2, each)
    }
    assert.equal((await said()).length, 4)
  })
}

test('while somebody locks the orders everybody is told 503 in time, later it works', async (t) => {
  const { caller, pool } = await startService(t)
  const customer = await caller('customer')
  const key = { 'idempotency-key': randomUUID() }
  const holder = await pool.connect()
  await holder.query('begin; lock table orders in access exclusive mode')
  const startedAt = performance.now()
  // More than there are connections.
  const others = Array.from({ length: 30 }, () => customer.place())
  const answers = await Promise.all([customer.place({}, key), ...others])
  assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([503]))
  assert.ok(performance.now() - startedAt < 12_000)
  await holder.query('rollback')
  holder.release()
  assert.equal((await customer.place({}, key)).status, 201)
  assert.equal((await pool.query('select from orders')).rowCount, 1)
})

test('a reply that cannot be stored is given back, and moves the order when it comes again', async (t) => {
  const { caller, fill, makeRoom, reserved, sagaOf, said } = await start(t, 'order_events')
  const { id } = (await (await caller('customer')).place()).body
  const message = randomUUID()
  await fill()
  await assert.rejects(reserved(id, message), { code: '53100' })
  assert.equal(await sagaOf(id), 'reserve-stock')
  assert.equal((await said()).length, 2)
  await makeRoom()
  await reserved(id, message)
  assert.equal(await sagaOf(id), 'process-payment')
})

test('a deadline that cannot be stored stays due', async (t) => {
  const { caller, fill, makeRoom, deps, clock, said } = await start(t, 'sagas')
  await (await caller('customer')).place()
  clock.ahead = 31_000
  await fill()
  await assert.rejects(fireDeadlines(deps), { code: '53100' })
  await makeRoom()
  assert.equal(await fireDeadlines(deps), 1)
  assert.equal((await said()).filter((name) => name === 'stock.reserve').length, 2)
})
