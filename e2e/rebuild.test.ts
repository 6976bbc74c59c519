import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { eventually } from '#platform/testing.ts'
import { basket, becomes, openShop, someone } from './people.ts'
import { inDatabase } from './stack.ts'

/** `make rebuild`; what it prints, and whether it was content. */
async function rebuild(variables: { S: string; CHECK?: string; ORDER?: string }) {
  const env = { ...process.env, ...variables }
  const run = promisify(execFile)(process.execPath, ['scripts/rebuild.ts'], { env })
  return run.then(
    ({ stdout }) => ({ text: stdout, content: true }),
    ({ stdout, stderr }) => ({ text: stdout + stderr, content: false }),
  )
}

async function placeOne() {
  const customer = await someone('customer')
  const card = { token: 'tok_ok' }
  const { body } = await customer.call('POST', '/orders', basket(await openShop(), card))
  return { customer, id: body.id as string }
}

for (const service of ['order', 'tracking']) {
  test(`what ${service} derives from events is what they add up to, while orders move`, async () => {
    const { customer, id } = await placeOne()
    const { text, content } = await rebuild({ S: service, CHECK: '1' })
    assert.match(text, /^[1-9]\d* orders from [1-9]\d* events in [\d.]+ s, \d+ events\/s$/m)
    assert.ok(content, text)
    await becomes(customer, id, 'paid')
  })
}

test('an operator sees a parked order, and has it read again', async () => {
  const { customer, id } = await placeOne()
  await becomes(customer, id, 'paid')
  // As a search: unlike lists it is not cached, so that it shows what the database holds.
  const listed = async () => (await customer.call('GET', '/orders?q=pizza')).body.items[0]?.status
  await eventually(async () => (await listed()) === 'paid')
  const spoil = `update orders set version = 1, state = jsonb_set(state::jsonb, '{status}', '"placed"')
                 where id = $1`
  await inDatabase('tracking', spoil, id)
  const park = `insert into parked_orders (order_id, version, reason) values ($1, 3, 'a new shape')`
  await inDatabase('tracking', park, id)
  const check = await rebuild({ S: 'tracking', CHECK: '1' })
  assert.equal(check.content, false)
  assert.match(
    check.text,
    new RegExp(`^${id} is parked before event 3 since .*: a new shape$`, 'm'),
  )
  assert.equal(await listed(), 'placed')

  const { text, content } = await rebuild({ S: 'tracking', ORDER: id })
  assert.ok(content, text)
  assert.match(text, new RegExp(`^${id} differed, mended$`, 'm'))
  assert.doesNotMatch(text, /is parked/)
  assert.equal(await listed(), 'paid')
  for (const wrong of [
    { S: 'gateway' },
    { S: 'order', ORDER: id },
    { S: 'tracking', ORDER: '7' },
  ]) {
    assert.equal((await rebuild(wrong)).content, false)
  }
})
