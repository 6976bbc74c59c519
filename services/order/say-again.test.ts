import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { type TestContext, test } from 'node:test'
import { sayAgain } from './say-again.ts'
import { start } from './testing-service.ts'

async function withOutbox(t: TestContext) {
  const service = await start(t)
  const takeOut = async () => {
    const text = `with gone as (delete from outbox where message like 'order.%' returning *)
                  select id, message, aggregate_version as version, payload from gone order by seq`
    return (await service.pool.query(text)).rows
  }
  return { ...service, takeOut, again: sayAgain(service.deps) }
}

test('events that are said again are the same messages', async (t) => {
  const { caller, reserved, captured, takeOut, again } = await withOutbox(t)
  const customer = await caller('customer')
  const { id } = (await customer.place()).body
  await reserved(id)
  await captured(id)
  await customer.step(id, 'cancel')
  const said = await takeOut()
  assert.deepEqual(
    said.map(({ message }) => message),
    ['order.placed', 'order.reserved', 'order.paid', 'order.cancelled'],
  )

  await again(new Date(0))
  assert.deepEqual(await takeOut(), said)
})

test('only what was said since then is said again, of everybody, whatever else is broken', async (t) => {
  const { caller, pool, reserved, takeOut, again } = await withOutbox(t)
  const customer = await caller('customer')
  const ids: string[] = []
  while (ids.length < 120) ids.push((await customer.place()).body.id)
  const now = await pool.query('select now()')
  await reserved(ids[0]!)
  await reserved(ids[119]!)
  await pool.query(
    `insert into order_events (order_id, version, type, payload, at)
     values ($1, 2, 'paid', '{"type": "paid"}', now())`,
    [randomUUID()],
  )
  const said = await takeOut()

  await again(now.rows[0].now)
  assert.deepEqual(await takeOut(), said.slice(120))
})
