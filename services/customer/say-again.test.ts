import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { type TestContext, test } from 'node:test'
import { sayAgain } from './say-again.ts'
import { ANNA, start } from './testing.ts'

const AN_HOUR_AGO = () => new Date(Date.now() - 3_600_000)

async function withOutbox(t: TestContext) {
  const { pool, url, register, as } = await start(t)
  const registered = async (name: string): Promise<string> =>
    (await register({ ...ANNA, name, email: `${randomUUID()}@example.com` })).body.id
  const change = async (id: string, name: string) =>
    fetch(`${url}/customers/${id}`, {
      method: 'PUT',
      headers: { ...(await as(id)), 'content-type': 'application/json' },
      body: JSON.stringify({ name }),
    })
  const remove = async (id: string) =>
    fetch(`${url}/customers/${id}`, { method: 'DELETE', headers: await as(id) })
  /** As if all that has happened to these had happened a day ago. */
  const age = (...ids: string[]) =>
    pool.query(
      `update customers set created_at = created_at - interval '1 day',
         changed_at = changed_at - interval '1 day' where id = any($1)`,
      [ids],
    )
  const takeOut = async () => {
    const text = `with gone as (delete from outbox returning *)
                  select id, message, aggregate_id, aggregate_version as version, payload
                  from gone order by aggregate_id, seq`
    return (await pool.query(text)).rows
  }
  return { registered, change, remove, age, takeOut, again: sayAgain({ pool }) }
}

test('a registration that is said again is the same message', async (t) => {
  const { registered, takeOut, again } = await withOutbox(t)
  await registered('Anna')
  await registered('Ben')
  const said = await takeOut()
  assert.equal(said.length, 2)

  for (let i = 0; i < 2; i++) {
    await again(AN_HOUR_AGO())
    assert.deepEqual(await takeOut(), said)
  }
})

test('of whoever has changed since then it is said what they are now, and who has left is not named', async (t) => {
  const { registered, change, remove, age, takeOut, again } = await withOutbox(t)
  const ids: string[] = []
  for (const name of ['Old', 'Renamed', 'New', 'Gone']) ids.push(await registered(name))
  const [old, renamed, fresh, gone] = ids
  const registrations = new Map((await takeOut()).map((row) => [row.aggregate_id, row]))
  await age(old!, renamed!)
  await change(renamed!, 'Renamed once')
  await change(renamed!, 'Renamed twice')
  await change(fresh!, 'Newer')
  await remove(gone!)
  const changes = new Map((await takeOut()).map(({ id, ...row }) => [row.aggregate_id, row]))

  await again(AN_HOUR_AGO())
  const said = await takeOut()

  const of = (wanted?: string) => said.filter(({ aggregate_id }) => aggregate_id === wanted)
  const withoutId = ({ id, ...row }: { id: string }) => row
  assert.deepEqual(of(old), [])
  assert.deepEqual(of(renamed).map(withoutId), [changes.get(renamed)])
  const [first, second, ...more] = of(fresh)
  assert.equal(first.id, registrations.get(fresh).id)
  assert.deepEqual([first.message, first.version], ['customer.registered', 1])
  assert.deepEqual([withoutId(second), more], [changes.get(fresh), []])
  assert.deepEqual(of(gone).map(withoutId), [changes.get(gone)])
  assert.doesNotMatch(JSON.stringify(of(gone)), /Gone|@/)
})

test('it is said of everybody, however many they are', async (t) => {
  const { pool } = await start(t)
  await pool.query(
    `insert into customers (id, name, email, password, role, created_at, changed_at)
     select gen_random_uuid(), 'Anna', n || '@example.com', 'hash', 'customer', now(), now()
     from generate_series(1, 250) as n`,
  )
  await sayAgain({ pool })(AN_HOUR_AGO())
  const { rows } = await pool.query('select count(distinct aggregate_id) from outbox')
  assert.equal(rows[0].count, 250)
})
