import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { eventually, request, silentLog } from '#platform/testing.ts'
import { cleanTokens } from './forget-expired.ts'
import { ANNA, start } from './testing.ts'

async function signedIn(t: TestContext) {
  const { pool, url, register, signIn } = await start(t)
  await register(ANNA)
  const { body } = await signIn(ANNA.email, ANNA.password)
  const post = (path: string, refreshToken: string) =>
    request(`${url}/auth/${path}`, { body: { refreshToken } })
  return {
    ...{ pool, first: body.refreshToken as string },
    again: async () => (await signIn(ANNA.email, ANNA.password)).body.refreshToken as string,
    refresh: (token: string) => post('refresh', token),
    logout: (token: string) => post('logout', token),
  }
}

test('a refresh token gives a new pair, and the next one goes on from there', async (t) => {
  const { first, refresh } = await signedIn(t)
  const second = await refresh(first)
  assert.deepEqual(
    [second.status, second.body.tokenType, second.body.expiresIn],
    [200, 'Bearer', 900],
  )
  assert.equal(second.headers.get('cache-control'), 'no-store')
  assert.notEqual(second.body.refreshToken, first)
  assert.equal((await refresh(second.body.refreshToken)).status, 200)
})

test('a refresh token that comes a second time ends the whole sign-in, and no other', async (t) => {
  const { first, refresh, again } = await signedIn(t)
  const elsewhere = await again()
  const second = await refresh(first)

  const stolen = await refresh(first)

  assert.deepEqual([stolen.status, stolen.body.code], [401, 'invalid-refresh-token'])
  assert.equal((await refresh(second.body.refreshToken)).status, 401)
  assert.equal((await refresh(elsewhere)).status, 200)
})

test('of sixteen copies of one refresh token at once, one gives a pair, and that is over too', async (t) => {
  const { first, refresh } = await signedIn(t)
  const answers = await Promise.all(Array.from({ length: 16 }, () => refresh(first)))
  const given = answers.filter(({ status }) => status === 200)
  assert.equal(given.length, 1)
  assert.ok(answers.every(({ status }) => status === 200 || status === 401))
  assert.equal((await refresh(given[0]!.body.refreshToken)).status, 401)
})

test('whoever signs out cannot refresh any more, and may sign out twice', async (t) => {
  const { first, refresh, logout } = await signedIn(t)
  const { body } = await refresh(first)
  assert.equal((await logout(body.refreshToken)).status, 204)
  assert.equal((await refresh(body.refreshToken)).status, 401)
  assert.equal((await logout(body.refreshToken)).status, 204)
  assert.equal((await logout('made up')).status, 204)
})

test('expired refresh tokens are deleted, and those that are still good are kept', async (t) => {
  const { pool, first, refresh } = await signedIn(t)
  const { body } = await refresh(first)
  await pool.query(
    `insert into refresh_tokens (token_hash, family, customer_id, issued_at, expires_at)
     select sha256(n::text::bytea), family, customer_id, issued_at, now() - interval '1 second'
     from refresh_tokens, generate_series(1, 1200) n where used_at is null`,
  )
  const cleaning = cleanTokens({ pool, now: () => new Date() }, silentLog)
  t.after(cleaning.stop)
  const left = async () => (await pool.query('select from refresh_tokens')).rowCount
  await eventually(async () => (await left()) === 2)

  const stolen = await refresh(first)
  assert.equal(stolen.status, 401)
  assert.equal(
    (await refresh(body.refreshToken)).status,
    401,
    'a used token still ends its sign-in',
  )
})

test('an expired refresh token, and one of a deleted account, are no good', async (t) => {
  const { pool, first, refresh, again } = await signedIn(t)
  await pool.query("update refresh_tokens set expires_at = now() - interval '1 second'")
  assert.equal((await refresh(first)).status, 401)
  const second = await again()
  await pool.query(
    'update customers set name = null, email = null, password = null, deleted_at = now()',
  )
  assert.equal((await refresh(second)).status, 401)
})
