import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { type TestContext, test } from 'node:test'
import { type RequestHandler, type Response, Router } from 'express'
import { gate } from './broker/testing-station.ts'
import { httpApp } from './http/app.ts'
import { idempotent, newResourceId } from './idempotency.ts'
import { Problem } from './problem.ts'
import { eventually, request, serve, silentLog, testDatabase } from './testing.ts'

type Made = (res: Response) => unknown

/** One route that makes a thing, and tells how often it ran and under which ids. */
async function start(t: TestContext, make: Made = (res) => void res) {
  const { pool } = await testDatabase(t)
  const ids: string[] = []
  const routes = Router()
  const asCaller: RequestHandler = (req, res, next) => {
    const id = req.get('x-caller')
    if (id) res.locals.principal = { id, role: 'customer' }
    next()
  }
  routes.use(asCaller, idempotent(pool, silentLog, 'pepper'))
  routes.post('/things', async (_req, res) => {
    const id = newResourceId(res)
    ids.push(id)
    await make(res)
    if (!res.headersSent) res.status(201).location(`/things/${id}`).json({ id, name: 'Zoë — 🍕' })
  })
  const url = await serve(t, httpApp(silentLog, [routes]))
  const post = (key: string, { body = { a: 1 }, caller = 'ann' }: Partial<Post> = {}) =>
    request(`${url}/things`, { body, headers: { 'idempotency-key': key, 'x-caller': caller } })
  return { pool, ids, post, url }
}

type Post = { body: unknown; caller: string }

test('a repeat is answered byte for byte as the first time, and marked as a replay', async (t) => {
  const { post, ids } = await start(t)
  const key = randomUUID()
  const first = await post(key)
  const again = await post(key)
  assert.equal(first.status, 201)
  assert.equal(first.headers.get('idempotency-replayed'), null)
  assert.equal(again.status, 201)
  assert.equal(again.headers.get('idempotency-replayed'), 'true')
  assert.equal(again.text, first.text)
  for (const name of ['content-type', 'location', 'content-length']) {
    assert.equal(again.headers.get(name), first.headers.get(name), name)
  }
  assert.equal(ids.length, 1)
})

test('the same key with another body is refused', async (t) => {
  const { post, ids } = await start(t)
  const key = randomUUID()
  await post(key)
  const { status, body } = await post(key, { body: { a: 2 } })
  assert.equal(status, 422)
  assert.equal(body.code, 'idempotency-mismatch')
  assert.equal(ids.length, 1)
})

test('of many copies sent at once one runs; the others hear so or get its answer', async (t) => {
  const open = gate()
  const { post, ids } = await start(t, () => open.promise)
  const key = randomUUID()
  const answers: Awaited<ReturnType<typeof post>>[] = []
  const all = Array.from({ length: 16 }, () => post(key).then((answer) => answers.push(answer)))
  await eventually(async () => answers.length === 15)
  for (const { status, body, headers } of answers) {
    assert.equal(status, 409)
    assert.equal(body.code, 'idempotency-conflict')
    assert.equal(headers.get('retry-after'), '1')
  }
  open.resolve()
  await Promise.all(all)
  assert.equal(answers.at(-1)!.status, 201)
  assert.equal((await post(key)).text, answers.at(-1)!.text)
  assert.equal(ids.length, 1)
})

test('a refusal is kept, a failure is not', async (t) => {
  let problem = new Problem(422, 'item-not-on-menu', 'no')
  const { post, ids } = await start(t, () => {
    throw problem
  })
  const refused = randomUUID()
  const first = await post(refused)
  const again = await post(refused)
  assert.equal(again.status, 422)
  assert.equal(again.text, first.text)
  assert.equal(ids.length, 1)
  for (const status of [500, 503, 429]) {
    problem = new Problem(status, 'later', 'not now')
    const key = randomUUID()
    await post(key)
    const before: number = ids.length
    assert.equal((await post(key)).headers.get('idempotency-replayed'), null)
    assert.equal(ids.length, before + 1, `${status} ran again`)
  }
})

test('who is not signed in hears so under any key, and takes nobody a key away', async (t) => {
  const { post } = await start(t, (res) => {
    if (!res.locals.principal) throw new Problem(401, 'unauthenticated', 'sign in')
  })
  const key = randomUUID()
  for (const a of [1, 2]) assert.equal((await post(key, { body: { a }, caller: '' })).status, 401)
  assert.equal((await post(key)).status, 201)
})

test('after a failure that may have come too late the repeat makes the same thing, not a second one', async (t) => {
  let failures = 1
  const { post, ids } = await start(t, () => {
    // As when the connection is lost at COMMIT: the thing may well exist.
    if (failures-- > 0) throw new Problem(503, 'unavailable', 'no answer to COMMIT')
  })
  const key = randomUUID()
  assert.equal((await post(key)).status, 503)
  assert.equal((await post(key)).status, 201)
  assert.equal(ids.length, 2)
  assert.equal(ids[1], ids[0])
})

test('a key whose holder died is taken over when its lock has run out, with the same id', async (t) => {
  const open = gate()
  const { pool, post, ids } = await start(t, (res) => {
    if (ids.length === 1) return open.promise.then(() => res.destroy())
  })
  const key = randomUUID()
  const lost = post(key).catch(() => 'lost')
  await eventually(async () => ids.length)
  assert.equal((await post(key)).status, 409)
  await pool.query(`update idempotency_keys set locked_until = now() - interval '1 second'`)
  assert.equal((await post(key, { body: { a: 2 } })).status, 422, 'for the same request only')
  assert.equal((await post(key)).status, 201)
  assert.equal(ids.length, 2)
  assert.equal(ids[1], ids[0])
  open.resolve()
  await lost
})

test('the keys of two callers never meet', async (t) => {
  const { post, ids } = await start(t)
  const key = randomUUID()
  const ann = await post(key, { caller: 'ann' })
  const bob = await post(key, { caller: 'bob', body: { b: 1 } })
  assert.equal(bob.status, 201)
  assert.notEqual(bob.body.id, ann.body.id)
  assert.equal(new Set(ids).size, 2)
})

test('a key is forgotten after a day', async (t) => {
  const { pool, post, ids } = await start(t)
  const key = randomUUID()
  await post(key)
  await pool.query(`update idempotency_keys set created_at = now() - interval '25 hours'`)
  assert.equal((await post(key, { body: { a: 2 } })).status, 201)
  assert.equal(new Set(ids).size, 2)
  assert.equal((await post(key, { body: { a: 2 } })).headers.get('idempotency-replayed'), 'true')
})

test('a key that is empty or over 255 characters is refused, one of 255 is not', async (t) => {
  const { post, ids } = await start(t)
  for (const key of ['', 'k'.repeat(256)]) {
    const { status, body } = await post(key)
    assert.equal(status, 400)
    assert.equal(body.code, 'invalid-request')
  }
  assert.equal((await post('k'.repeat(255))).status, 201)
  assert.equal(ids.length, 1)
})

test('without a key every request runs', async (t) => {
  const { url, ids } = await start(t)
  await request(`${url}/things`, { body: {} })
  await request(`${url}/things`, { body: {} })
  assert.equal(new Set(ids).size, 2)
})
