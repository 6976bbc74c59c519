import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { request } from '#platform/testing.ts'
import { registerAccount } from './register-account.ts'
import { ANNA, start } from './testing.ts'

test('an account is stored together with its event, and never its password', async (t) => {
  const { pool, register } = await start(t)

  const answer = await register({ ...ANNA, email: '  Anna@Example.COM ' })

  assert.equal(answer.status, 201)
  const { id } = answer.body
  assert.deepEqual(answer.body, { id, name: 'Anna', email: ANNA.email, role: 'customer' })
  assert.equal(answer.headers.get('location'), `/api/v1/customers/${id}`)
  const outbox = await pool.query('select message, aggregate_id, payload from outbox')
  assert.deepEqual(outbox.rows, [
    {
      message: 'customer.registered',
      aggregate_id: id,
      payload: { customerId: id, name: 'Anna', email: ANNA.email, role: 'customer' },
    },
  ])
  const stored = await pool.query('select password from customers')
  assert.match(stored.rows[0].password, /^\$argon2id\$/)
})

test('of ten who register one address at the same time, one gets it', async (t) => {
  const { pool, register } = await start(t)

  const answers = await Promise.all(Array.from({ length: 10 }, () => register(ANNA)))

  const refused = answers.filter(
    ({ status, body }) => status === 409 && body.code === 'email-taken',
  )
  assert.equal(answers.filter(({ status }) => status === 201).length, 1)
  assert.equal(refused.length, 9)
  assert.equal((await pool.query('select from outbox')).rowCount, 1)
})

test('a bad registration names every wrong field', async (t) => {
  const { register } = await start(t)

  const answer = await register({
    name: 'A\0',
    email: 'anna',
    password: 'short',
    role: 'admin',
    vip: true,
  })

  assert.equal(answer.status, 400)
  assert.equal(answer.body.code, 'invalid-request')
  const paths = answer.body.errors.map(({ path }: { path: string }) => path).sort()
  assert.deepEqual(paths, ['email', 'name', 'password', 'role', 'vip'])
})

test('a repeated registration under one key makes one account', async (t) => {
  const { pool, register } = await start(t)
  const key = { 'idempotency-key': 'k1' }

  const first = await register(ANNA, key)
  const second = await register(ANNA, key)

  assert.deepEqual([second.status, second.text], [201, first.text])
  assert.equal(second.headers.get('idempotency-replayed'), 'true')
  assert.equal((await pool.query('select from customers')).rowCount, 1)
})

test('a registration whose answer was lost in a crash succeeds when repeated', async (t) => {
  const { pool } = await start(t)
  const id = randomUUID()
  const deps = { pool, newId: () => id, now: () => new Date() }

  await registerAccount(deps, { ...ANNA, role: 'admin' })
  const again = await registerAccount(deps, { ...ANNA, role: 'admin' })

  assert.equal(again.id, id)
  assert.equal((await pool.query('select from outbox')).rowCount, 1)
})

test('an account is seen by its owner and by an admin, and exists for nobody else', async (t) => {
  const { url, register, as } = await start(t)
  const { body: anna } = await register(ANNA)
  const get = async (headers = {}) =>
    (await request(`${url}/customers/${anna.id}`, { headers })).status

  assert.deepEqual(
    (await request(`${url}/customers/${anna.id}`, { headers: await as(anna.id) })).body,
    anna,
  )
  assert.equal(await get(await as(randomUUID(), 'admin')), 200)
  assert.equal(await get(await as(randomUUID())), 404)
  assert.equal(await get(), 401)
  const odd = await request(`${url}/customers/me`, { headers: await as(anna.id) })
  assert.deepEqual([odd.status, odd.body.code], [404, 'customer-not-found'])
})

test('a change keeps what it does not name and is announced with the next version', async (t) => {
  const { pool, url, register, as } = await start(t)
  const { body: anna } = await register(ANNA)
  const headers = await as(anna.id)

  const answer = await request(`${url}/customers/${anna.id}`, {
    method: 'PUT',
    headers,
    body: { name: 'Anna B' },
  })

  assert.deepEqual([answer.status, answer.body], [200, { ...anna, name: 'Anna B' }])
  const { rows } = await pool.query('select message, aggregate_version from outbox order by seq')
  assert.deepEqual(rows[1], { message: 'customer.changed', aggregate_version: 2 })
})

test("nobody can take somebody else's address or change somebody else", async (t) => {
  const { pool, url, register, as } = await start(t)
  await register(ANNA)
  const { body: ben } = await register({ ...ANNA, email: 'ben@example.com' })
  const put = async (id: string) =>
    request(`${url}/customers/${ben.id}`, {
      method: 'PUT',
      headers: await as(id),
      body: { email: 'ANNA@example.com' },
    })

  const taken = await put(ben.id)
  assert.deepEqual([taken.status, taken.body.code], [409, 'email-taken'])
  assert.equal((await put(randomUUID())).status, 404)
  const { rows } = await pool.query('select email from customers where id = $1', [ben.id])
  assert.equal(rows[0].email, 'ben@example.com')
})

test('a deleted account leaves a tombstone that nobody can sign in to', async (t) => {
  const { pool, url, register, signIn, as } = await start(t)
  const { body: anna } = await register(ANNA)
  await signIn(ANNA.email, ANNA.password)
  const headers = await as(anna.id)
  const call = async (method: string) =>
    (await request(`${url}/customers/${anna.id}`, { method, headers })).status

  assert.equal(await call('DELETE'), 204)

  assert.deepEqual([await call('GET'), await call('DELETE')], [404, 404])
  assert.equal((await signIn(ANNA.email, ANNA.password)).status, 401)
  const { rows } = await pool.query(
    `select id, name, email, password, (select count(*) from refresh_tokens) as grants
     from customers`,
  )
  assert.deepEqual(rows, [{ id: anna.id, name: null, email: null, password: null, grants: 0 }])
  const last = await pool.query('select payload from outbox order by seq desc limit 1')
  assert.deepEqual(last.rows[0].payload, { customerId: anna.id, name: '', deleted: true })
  assert.equal((await register(ANNA)).status, 201)
})
