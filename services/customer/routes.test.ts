import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { type TestContext, test } from 'node:test'
import { createLocalJWKSet, exportJWK, generateKeyPair, jwtVerify } from 'jose'
import { authenticate, type Role } from '#platform/auth.ts'
import { httpApp } from '#platform/http/app.ts'
import { request, serve, silentLog, testDatabase } from '#platform/testing.ts'
import { customerHandlers } from './app.ts'
import { registerAccount } from './register-account.ts'
import { tokenIssuer } from './tokens.ts'

const RULES = { issuer: 'test', audience: 'test' }
const ANNA = { name: 'Anna', email: 'anna@example.com', password: 'restofy-demo' }

async function start(t: TestContext) {
  const { pool } = await testDatabase(t, import.meta.dirname)
  const { privateKey } = await generateKeyPair('Ed25519', { extractable: true })
  const { x, d } = await exportJWK(privateKey)
  const tokens = await tokenIssuer({ kty: 'OKP', crv: 'Ed25519', x: x!, d: d!, kid: 'test' }, RULES)
  const keys = createLocalJWKSet(tokens.jwks as Parameters<typeof createLocalJWKSet>[0])
  const handlers = customerHandlers(
    { authenticate: authenticate({ ...RULES, keys }), pool, log: silentLog },
    { tokens, pepper: 'test', now: () => new Date() },
  )
  const url = await serve(t, httpApp(silentLog, handlers))
  const register = (body: object, headers = {}) =>
    request(`${url}/auth/register`, { body, headers })
  const signIn = (email: string, password: string) =>
    request(`${url}/auth/login`, { body: { email, password } })
  const as = async (id: string, role: Role = 'customer') => ({
    authorization: `Bearer ${await tokens.accessToken({ id, role }, new Date())}`,
  })
  return { pool, url, keys, register, signIn, as }
}

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
      payload: { customerId: id, name: 'Anna', role: 'customer' },
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

test('signing in gives a token that says who and for how long', async (t) => {
  const { keys, register, signIn } = await start(t)
  const { id } = (await register(ANNA)).body

  const { status, body } = await signIn('ANNA@example.com', ANNA.password)

  assert.equal(status, 200)
  assert.equal(body.tokenType, 'Bearer')
  assert.equal(body.expiresIn, 900)
  const { payload, protectedHeader } = await jwtVerify(body.accessToken, keys, {
    ...RULES,
    typ: 'at+jwt',
  })
  assert.equal(protectedHeader.alg, 'EdDSA')
  assert.equal(payload.sub, id)
  assert.equal(payload.role, 'customer')
  assert.equal(payload.exp! - payload.iat!, 900)
  assert.equal('name' in payload, false)
})

test('each sign-in starts a family of its own and stores only a hash', async (t) => {
  const { pool, register, signIn } = await start(t)
  await register(ANNA)

  const pairs = [
    await signIn(ANNA.email, ANNA.password),
    await signIn(ANNA.email, ANNA.password),
  ].map(({ body }) => body.refreshToken)

  const { rows } = await pool.query(
    `select count(distinct family) as families,
            count(*) filter (where token_hash in (select sha256(convert_to(t, 'UTF8'))
                                                  from unnest($1::text[]) t)) as known
     from refresh_tokens`,
    [pairs],
  )
  assert.deepEqual(rows, [{ families: 2, known: 2 }])
})

test('a wrong password and an unknown address are refused alike', async (t) => {
  const { register, signIn } = await start(t)
  await register(ANNA)

  const wrong = await signIn(ANNA.email, 'not-the-password')
  const unknown = await signIn('nobody@example.com', ANNA.password)

  assert.deepEqual([wrong.status, wrong.body.code], [401, 'invalid-credentials'])
  assert.deepEqual(
    { ...unknown.body, correlationId: undefined },
    { ...wrong.body, correlationId: undefined },
  )
})

test('an Idempotency-Key does not replay a sign-in, and a stale token does not prevent one', async (t) => {
  const { pool, url, register } = await start(t)
  await register(ANNA)
  const login = () =>
    request(`${url}/auth/login`, {
      body: { email: ANNA.email, password: ANNA.password },
      headers: { 'idempotency-key': 'k1', authorization: 'Bearer a.b.c' },
    })

  const [first, second] = [await login(), await login()]

  assert.deepEqual([first.status, second.status], [200, 200])
  assert.notEqual(first.body.refreshToken, second.body.refreshToken)
  assert.equal((await pool.query('select from idempotency_keys')).rowCount, 0)
})

test('the published key is public', async (t) => {
  const { url } = await start(t)

  const { body, headers } = await request(`${url}/.well-known/jwks.json`)

  assert.deepEqual(Object.keys(body.keys[0]).sort(), ['alg', 'crv', 'kid', 'kty', 'use', 'x'])
  assert.match(headers.get('cache-control') ?? '', /max-age=\d+/)
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
