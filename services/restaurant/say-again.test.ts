import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sayAgain } from './say-again.ts'
import { opened, start } from './testing.ts'

const PIZZA = { name: 'Margherita', price: 9.5 }
const AN_HOUR_AGO = () => new Date(Date.now() - 3_600_000)

test('of every restaurant that has changed since then it is said what it and its menu are now', async (t) => {
  const { pool, caller, messages } = await start(t)
  const owner = await caller('restaurant')
  const [old, renamed, cooking, gone] = [
    await opened(owner, 'Old'),
    await opened(owner, 'Roma'),
    await opened(owner, 'Napoli'),
    await opened(owner, 'Milano'),
  ]
  await pool.query(`update restaurants set changed_at = now() - interval '1 day'`)
  await owner.call('PUT', `/restaurants/${renamed}`, { name: 'Firenze', open: false })
  await owner.call('POST', `/restaurants/${cooking}/menu`, PIZZA)
  await owner.call('DELETE', `/restaurants/${gone}`)
  const before = await messages()
  const last = (id: string, name: string) =>
    before.findLast(({ aggregate_id, message }) => aggregate_id === id && message === name)
  await pool.query('delete from outbox')

  await sayAgain({ pool })(AN_HOUR_AGO())

  const said = await messages()
  const of = (wanted: string) => said.filter(({ aggregate_id }) => aggregate_id === wanted)
  assert.deepEqual(of(old), [])
  for (const id of [renamed, gone])
    assert.deepEqual(of(id), [last(id, 'restaurant.changed'), last(id, 'menu.changed')])
  // Its own change was one of the menu: now the restaurant is of the same version.
  const restaurant = { ...last(cooking, 'restaurant.changed'), version: 2 }
  assert.deepEqual(of(cooking), [restaurant, last(cooking, 'menu.changed')])
  assert.equal(last(gone, 'restaurant.changed').payload.deleted, true)
})

test('it is said of all of them, however many they are', async (t) => {
  const { pool, messages } = await start(t)
  await pool.query(
    `insert into restaurants (id, owner_id, name)
     select gen_random_uuid(), gen_random_uuid(), 'Roma' from generate_series(1, 250)`,
  )
  await sayAgain({ pool })(AN_HOUR_AGO())
  assert.equal(new Set((await messages()).map(({ aggregate_id }) => aggregate_id)).size, 250)
})
