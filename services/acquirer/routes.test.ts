import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { type TestContext, test } from 'node:test'
import { neighboursOnly } from '#platform/auth.ts'
import { httpApp } from '#platform/http/app.ts'
import { request, serve, silentLog, testDatabase } from '#platform/testing.ts'
import { pauseFor } from './pause.ts'
import { type AcquirerDeps, acquirerRoutes } from './routes.ts'

const API_KEY = { 'x-api-key': 'a-key-of-the-tests' }

async function start(t: TestContext, pause: AcquirerDeps['pause'] = async () => {}) {
  const { pool } = await testDatabase(t, import.meta.dirname)
  const routes = acquirerRoutes({ pool, log: silentLog, pause })
  const guard = neighboursOnly(API_KEY['x-api-key'])
  const url = await serve(t, httpApp(silentLog, [guard, routes]))
  const post = (path: string, key: string, body: object) =>
    request(url + path, { body, headers: { ...API_KEY, 'idempotency-key': key } })
  return {
    url,
    charge: (token: string, key: string = randomUUID(), more: object = {}) =>
      post('/charges', key, { amountCents: 3198, currency: 'EUR', token, ...more }),
    refund: (chargeId: string, amountCents: number, key: string = randomUUID()) =>
      post(`/charges/${chargeId}/refunds`, key, { amountCents }),
    get: (path: string) => request(url + path, { headers: API_KEY }),
  }
}

test('a good card is charged and the charge is found under its key', async (t) => {
  const { charge, get } = await start(t)

  const { status, body } = await charge('tok_ok', 'order-1')

  assert.equal(status, 201)
  assert.deepEqual(body, {
    id: body.id,
    key: 'order-1',
    status: 'captured',
    amountCents: 3198,
    currency: 'EUR',
    refundedCents: 0,
  })
  assert.deepEqual((await get('/charges?key=order-1')).body, body)
  const { status: missing, body: problem } = await get('/charges?key=order-2')
  assert.deepEqual([missing, problem.code], [404, 'charge-not-found'])
})

test('of twenty concurrent charges with one key, one is made and all hear of it', async (t) => {
  const { charge, get } = await start(t)

  const answers = await Promise.all(Array.from({ length: 20 }, () => charge('tok_ok', 'order-1')))

  assert.equal(new Set(answers.map(({ body }) => body.id)).size, 1)
  assert.ok(answers.every(({ status }) => status === 201))
  assert.deepEqual((await get('/ledger')).body, { captured: 3198, refunded: 0, charges: 1 })
})

test('a declined card is remembered as declined and takes no money', async (t) => {
  const { charge, get } = await start(t)

  const first = await charge('tok_declined', 'order-1')
  const second = await charge('tok_declined', 'order-1')

  assert.deepEqual([first.status, first.body.status], [402, 'declined'])
  assert.deepEqual(second.body, first.body)
  assert.deepEqual((await get('/ledger')).body, { captured: 0, refunded: 0, charges: 1 })
})

test('one key cannot charge two amounts', async (t) => {
  const { charge, get } = await start(t)
  await charge('tok_ok', 'order-1')

  const other = await charge('tok_ok', 'order-1', { amountCents: 1 })

  assert.deepEqual([other.status, other.body.code], [422, 'idempotency-mismatch'])
  assert.equal((await get('/ledger')).body.captured, 3198)
})

test('tok_timeout charges at once, keeps its caller waiting, and answers a repeat at once', async (t) => {
  let answer = () => {}
  const waiting = Promise.withResolvers<number>()
  const { charge, get } = await start(t, (_res, ms) => {
    waiting.resolve(ms)
    return new Promise((resolve) => {
      answer = resolve
    })
  })

  const first = charge('tok_timeout', 'order-1')
  assert.equal(await waiting.promise, 30_000)
  const found = await get('/charges?key=order-1')
  const repeat = await charge('tok_timeout', 'order-1')
  answer()

  assert.equal(found.body.status, 'captured')
  assert.deepEqual([repeat.status, repeat.body], [201, found.body])
  assert.deepEqual((await first).body, found.body)
})

test('tok_slow answers after two seconds', async (t) => {
  const pauses: number[] = []
  const { charge } = await start(t, async (_res, ms) => void pauses.push(ms))

  assert.equal((await charge('tok_slow')).status, 201)
  assert.deepEqual(pauses, [2_000])
})

test('a caller who gives up ends the wait, not the charge', async (t) => {
  const ended = Promise.withResolvers<void>()
  const { url, get } = await start(t, async (res, ms) => {
    setImmediate(() => res.destroy())
    await pauseFor(res, ms, new AbortController().signal)
    ended.resolve()
  })

  const body = { amountCents: 100, currency: 'EUR', token: 'tok_timeout' }
  const headers = { ...API_KEY, 'idempotency-key': 'order-1' }
  await assert.rejects(request(`${url}/charges`, { body, headers }))
  await ended.promise

  assert.equal((await get('/charges?key=order-1')).body.status, 'captured')
})

test('a process that is leaving answers whoever waits', async (t) => {
  const leaving = new AbortController()
  const { charge } = await start(t, (res, ms) => {
    setImmediate(() => leaving.abort())
    return pauseFor(res, ms, leaving.signal)
  })

  assert.equal((await charge('tok_timeout')).status, 201)
  assert.equal((await charge('tok_timeout')).status, 201)
})

test('tok_flaky fails twice for each key, charging nothing, and then works', async (t) => {
  const { charge, get } = await start(t)

  for (const key of ['order-1', 'order-2']) {
    assert.equal((await charge('tok_flaky', key)).status, 500)
    assert.equal((await charge('tok_flaky', key)).status, 500)
    assert.equal((await get(`/charges?key=${key}`)).status, 404)
    assert.equal((await charge('tok_flaky', key)).status, 201)
    assert.equal((await charge('tok_flaky', key)).status, 201)
  }
  assert.equal((await get('/ledger')).body.charges, 2)
})

test('charges without a key, a known card or a good body are refused', async (t) => {
  const { url, charge } = await start(t)
  const body = { amountCents: 100, currency: 'EUR', token: 'tok_ok' }

  const keyless = await request(`${url}/charges`, { body, headers: API_KEY })
  assert.deepEqual([keyless.status, keyless.body.code], [400, 'invalid-request'])
  const unknown = await charge('tok_stolen')
  assert.deepEqual([unknown.status, unknown.body.code], [400, 'unknown-token'])
  const inherited = await charge('constructor')
  assert.deepEqual([inherited.status, inherited.body.code], [400, 'unknown-token'])
  const bad = await charge('tok_ok', 'order-1', { amountCents: -1, currency: 'USD', tip: 1 })
  const paths = bad.body.errors.map(({ path }: { path: string }) => path).sort()
  assert.deepEqual([bad.status, paths], [400, ['amountCents', 'currency', 'tip']])
  const stranger = await request(`${url}/charges`, { body, headers: { 'idempotency-key': 'k' } })
  assert.equal(stranger.status, 401)
})

test('a refund happens once per key and shows on the charge', async (t) => {
  const { charge, refund, get } = await start(t)
  const { body: paid } = await charge('tok_ok', 'order-1')

  const first = await refund(paid.id, 1000, 'r1')
  const second = await refund(paid.id, 1000, 'r1')

  assert.equal(first.status, 201)
  assert.deepEqual(first.body, { id: first.body.id, chargeId: paid.id, amountCents: 1000 })
  assert.deepEqual([second.status, second.body], [201, first.body])
  assert.equal((await get('/charges?key=order-1')).body.refundedCents, 1000)
  assert.equal((await refund(paid.id, 999, 'r1')).body.code, 'idempotency-mismatch')
})

test('concurrent refunds never give back more than was taken', async (t) => {
  const { charge, refund, get } = await start(t)
  const { body: paid } = await charge('tok_ok')

  const answers = await Promise.all(Array.from({ length: 10 }, () => refund(paid.id, 1000)))

  assert.equal(answers.filter(({ status }) => status === 201).length, 3)
  const refused = answers.filter(({ body }) => body.code === 'refund-exceeds-charge')
  assert.deepEqual(
    refused.map(({ status }) => status),
    Array(7).fill(422),
  )
  assert.equal((await get('/ledger')).body.refunded, 3000)
})

test('nothing is given back that was never taken', async (t) => {
  const { charge, refund } = await start(t)
  const { body: declined } = await charge('tok_declined')

  assert.equal((await refund(declined.id, 1)).body.code, 'refund-exceeds-charge')
  assert.equal((await refund(randomUUID(), 1)).status, 404)
  assert.equal((await refund('order-1', 1)).body.code, 'charge-not-found')
})
