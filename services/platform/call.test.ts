import assert from 'node:assert/strict'
import type { RequestListener } from 'node:http'
import { type TestContext, test } from 'node:test'
import type { Call } from '../manifest.ts'
import { type CallRequest, neighbour } from './call.ts'
import { inContext } from './context.ts'
import { listen } from './http/server.ts'
import { breakerState, retries } from './metrics.ts'
import { Problem } from './problem.ts'
import { eventually } from './testing.ts'

const GET: CallRequest = { path: '/' }
const POST: CallRequest = { method: 'POST', path: '/', body: { a: 1 } }

let count = 0

/** A client for a server (or several) that counts what reaches it. */
async function start(t: TestContext, handlers: RequestListener[], rules: Partial<Call> = {}) {
  const seen: string[] = []
  const origins: string[] = []
  for (const [i, handler] of handlers.entries()) {
    const server = await listen(
      (req, res) => {
        seen.push(`${i} ${req.method} ${req.url}`)
        handler(req, res)
      },
      { port: 0, host: '127.0.0.1' },
    )
    t.after(() => server.drain())
    origins.push(`http://127.0.0.1:${server.port}`)
  }
  const service = `test-${++count}`
  const { call, close } = neighbour(
    { service, timeoutMs: 2_000, retries: 0, ...rules },
    { origins, apiKey: 'the-key-of-a-test' },
  )
  t.after(close)
  const read = async (metric: Pick<typeof breakerState, 'get'> | Pick<typeof retries, 'get'>) =>
    (await metric.get()).values.find(({ labels }) => labels.dependency === service)?.value
  return { call, seen, state: () => read(breakerState), retried: () => read(retries) }
}

const answering =
  (status: number, body = '{"ok":true}'): RequestListener =>
  (_req, res) =>
    void res.writeHead(status, { 'content-type': 'application/json' }).end(body)

const unavailable = (error: unknown) => {
  assert.ok(error instanceof Problem)
  assert.equal(error.status, 503)
  assert.equal(error.code, 'unavailable')
  assert.ok(error.retryAfterSeconds)
  return true
}

test('a call carries the caller’s key, the correlation id and a JSON body', async (t) => {
  const got: unknown[] = []
  const handler: RequestListener = async (req, res) => {
    const { 'x-api-key': key, 'x-correlation-id': id, 'content-type': type } = req.headers
    got.push(key, id, type, Buffer.concat(await req.toArray()).toString())
    res.writeHead(201).end()
  }
  const { call } = await start(t, [handler])
  const answer = await inContext({ correlationId: 'c-1' }, () => call(POST))
  assert.deepEqual(answer, { status: 201, body: undefined })
  assert.deepEqual(got, ['the-key-of-a-test', 'c-1', 'application/json', '{"a":1}'])
})

test('a neighbour that does not answer in time is unavailable', async (t) => {
  const { call, seen } = await start(t, [() => {}], { timeoutMs: 50 })
  await assert.rejects(call(GET), unavailable)
  assert.equal(seen.length, 1)
})

test('a neighbour whose answer stops half-way is unavailable', async (t) => {
  const half: RequestListener = (_req, res) => void res.writeHead(200).write('{"a":')
  const { call } = await start(t, [half], { timeoutMs: 50 })
  await assert.rejects(call(GET), unavailable)
})

test('a failed call is tried again as often as the manifest says, and no more', async (t) => {
  const { call, seen } = await start(t, [answering(500)], { retries: 2 })
  await assert.rejects(call(GET), unavailable)
  assert.equal(seen.length, 3)
})

test('a call that succeeds on its second try is a success', async (t) => {
  let failures = 1
  const flaky: RequestListener = (req, res) => answering(failures-- > 0 ? 503 : 200)(req, res)
  const { call, seen } = await start(t, [flaky], { retries: 2 })
  assert.deepEqual(await call(GET), { status: 200, body: { ok: true } })
  assert.equal(seen.length, 2)
})

test('a call that must happen once is never tried twice', async (t) => {
  const { call, seen } = await start(t, [answering(500)], { retries: 2 })
  await assert.rejects(call({ ...POST, once: true }), unavailable)
  assert.equal(seen.length, 1)
})

test('a refusal is an answer: neither tried again nor a failure', async (t) => {
  const breaker = { failures: 2, openMs: 60_000 }
  const { call, seen, state } = await start(t, [answering(404, '{"code":"x"}')], {
    retries: 2,
    breaker,
  })
  for (let i = 0; i < 5; i++) {
    assert.deepEqual(await call(GET), { status: 404, body: { code: 'x' } })
  }
  assert.equal(seen.length, 5)
  assert.equal(await state(), 0)
})

test('after so many failures in a row the circuit opens and calls fail without being sent', async (t) => {
  const breaker = { failures: 3, openMs: 60_000 }
  const { call, seen, state } = await start(t, [answering(500)], { breaker })
  assert.equal(await state(), 0)
  for (let i = 0; i < 3; i++) await assert.rejects(call(GET), unavailable)
  assert.equal(await state(), 2)
  await assert.rejects(call(GET), unavailable)
  assert.equal(seen.length, 3)
})

test('an open circuit fails at once also where calls may be tried again', async (t) => {
  const breaker = { failures: 1, openMs: 60_000 }
  const { call, seen, retried } = await start(t, [answering(500)], { retries: 3, breaker })
  await assert.rejects(call({ ...GET, once: true }), unavailable)
  await assert.rejects(call(GET), unavailable)
  assert.equal(await retried(), undefined, 'no wait for a circuit that cannot close meanwhile')
  assert.equal(seen.length, 1)
})

test('an open circuit tries one call after a while, and closes when that succeeds', async (t) => {
  let healthy = false
  const recovering: RequestListener = (req, res) => answering(healthy ? 200 : 500)(req, res)
  const breaker = { failures: 2, openMs: 40 }
  const { call, seen, state } = await start(t, [recovering], { breaker })
  for (let i = 0; i < 2; i++) await assert.rejects(call(GET), unavailable)
  // Half open, and open again after the one try that failed.
  await eventually(async () => {
    await assert.rejects(call(GET), unavailable)
    return seen.length === 3
  })
  assert.equal(await state(), 2)
  healthy = true
  await eventually(() => call(GET).catch(() => undefined))
  assert.equal(await state(), 0)
})

test('calls go round all instances, and a dead one costs a retry only', async (t) => {
  const { call, seen } = await start(t, [answering(200), answering(200), answering(200)])
  for (let i = 0; i < 6; i++) await call(GET)
  const counts = [0, 1, 2].map((i) => seen.filter((one) => one.startsWith(`${i} `)).length)
  assert.deepEqual(counts, [2, 2, 2])

  const dying: RequestListener = (req) => void req.socket.destroy()
  const half = await start(t, [answering(200), dying], { retries: 1 })
  for (let i = 0; i < 6; i++) assert.equal((await half.call(GET)).status, 200)
})
