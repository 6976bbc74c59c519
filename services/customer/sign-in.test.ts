import assert from 'node:assert/strict'
import { test } from 'node:test'
import { jwtVerify } from 'jose'
import { request } from '#platform/testing.ts'
import { ANNA, RULES, start } from './testing.ts'

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
