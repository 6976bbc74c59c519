import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { get } from 'node:http'
import { type TestContext, test } from 'node:test'
import { Router } from 'express'
import { z } from 'zod'
import { correlationId } from '../context.ts'
import { createLog } from '../log.ts'
import { parse } from '../parse.ts'
import { createPool } from '../sql.ts'
import { eventually, request, serve, silentLog } from '../testing.ts'
import { httpApp } from './app.ts'

const Thing = z.strictObject({
  name: z.string(),
  lines: z.array(z.strictObject({ quantity: z.int().min(1) })).min(1),
})

/** An app with some routes, and the log lines it writes. */
async function start(t: TestContext) {
  const lines: Record<string, unknown>[] = []
  const log = createLog(
    { service: 'test', level: 'info' },
    { write: (line: string) => void lines.push(JSON.parse(line)) },
  )
  const lost = createPool('postgres://nobody@127.0.0.1:9/none', silentLog)
  t.after(() => lost.end())
  const routes = Router()
  routes.post('/things', (req, res) => void res.json(parse(Thing, req.body)))
  routes.get('/things/:id', (req, res) => void res.json({ id: req.params.id, in: correlationId() }))
  routes.get('/bug', () => {
    throw new Error('the secret of the database')
  })
  routes.get('/lost', async (_req, res) => void res.json(await lost.query('select 1')))
  routes.get('/never', () => {})
  const url = await serve(t, httpApp(log, [routes]))
  return { url, lines, line: (msg: string) => lines.find((line) => line.msg === msg) }
}

test('a wrong body is answered with the path of every mistake', async (t) => {
  const { url } = await start(t)
  const wrong = { lines: [{ quantity: 0 }, { quantity: 1, price: 5 }], extra: true }
  const { status, headers, body } = await request(`${url}/things`, { body: wrong })
  assert.equal(status, 400)
  assert.match(headers.get('content-type')!, /^application\/problem\+json/)
  assert.equal(body.code, 'invalid-request')
  assert.equal(body.status, 400)
  assert.equal(body.correlationId, headers.get('x-correlation-id'))
  const paths = body.errors.map(({ path }: { path: string }) => path).sort()
  assert.deepEqual(paths, ['extra', 'lines.0.quantity', 'lines.1.price', 'name'])
  for (const { message } of body.errors) assert.ok(message)
})

test('a body that is absent, not JSON or no object is refused', async (t) => {
  const { url } = await start(t)
  for (const body of [undefined, '{"name":', 'null', '"text"', '[]']) {
    const answer = await request(`${url}/things`, { method: 'POST', body })
    assert.equal(answer.status, 400, body)
    assert.equal(answer.body.code, 'invalid-request', body)
  }
  const form = { 'content-type': 'application/x-www-form-urlencoded' }
  const answer = await request(`${url}/things`, { body: 'name=x', headers: form })
  assert.equal(answer.status, 400)
})

test('a body over 100 kB is refused, one of 100 kB is read', async (t) => {
  const { url } = await start(t)
  const sized = (bytes: number) => {
    const frame = JSON.stringify({ name: '', lines: [{ quantity: 1 }] })
    return frame.replace('""', `"${'x'.repeat(bytes - frame.length)}"`)
  }
  assert.equal((await request(`${url}/things`, { body: sized(100_000) })).status, 200)
  const { status, body } = await request(`${url}/things`, { body: sized(100_001) })
  assert.equal(status, 413)
  assert.equal(body.code, 'body-too-large')
})

test('an unknown route, and a known one with another method, is a 404 problem', async (t) => {
  const { url } = await start(t)
  for (const [method, path] of [
    ['GET', '/nothing/here'],
    ['DELETE', '/things/1'],
  ] as const) {
    const { status, headers, body } = await request(url + path, { method })
    assert.equal(status, 404)
    assert.match(headers.get('content-type')!, /^application\/problem\+json/)
    assert.equal(body.code, 'not-found')
  }
})

test('a path that cannot be decoded is the mistake of the caller', async (t) => {
  const { url } = await start(t)
  const { status, body } = await request(`${url}/things/%E0%A4%A`)
  assert.equal(status, 400)
  assert.equal(body.code, 'invalid-request')
})

test('a bug is a 500 that tells the caller nothing and the log everything', async (t) => {
  const { url, line } = await start(t)
  const { status, text, body } = await request(`${url}/bug`)
  assert.equal(status, 500)
  assert.equal(body.code, 'internal')
  assert.doesNotMatch(text, /secret|Error|stack/)
  assert.match(JSON.stringify(line('internal error')), /the secret of the database/)
})

test('a database that is gone is a 503 that says when to come back', async (t) => {
  const { url } = await start(t)
  const { status, headers, body } = await request(`${url}/lost`)
  assert.equal(status, 503)
  assert.equal(body.code, 'unavailable')
  assert.equal(headers.get('retry-after'), '1')
})

test('a correlation id is taken, echoed, and known to whatever the request causes', async (t) => {
  const { url, lines } = await start(t)
  const id = randomUUID()
  const headers = { 'x-correlation-id': id }
  const answer = await request(`${url}/things/1`, { headers })
  assert.equal(answer.headers.get('x-correlation-id'), id)
  assert.equal(answer.body.in, id)
  await request(`${url}/things`, { body: { name: 1 }, headers })
  await eventually(async () => lines.length === 2)
  for (const line of lines) assert.equal(line.correlation_id, id)
})

test('a correlation id that is absent, endless or holds anything odd is replaced', async (t) => {
  const { url } = await start(t)
  const made = new Set<string>()
  for (const id of [undefined, '', 'x'.repeat(129), 'a b', 'a"b', '{"a":1}', 'é']) {
    const { headers } = await request(`${url}/things/1`, {
      headers: id === undefined ? {} : { 'x-correlation-id': id },
    })
    const answered = headers.get('x-correlation-id')!
    assert.match(answered, /^[\w.:-]{1,128}$/)
    assert.notEqual(answered, id)
    made.add(answered)
  }
  assert.equal(made.size, 7)
  const { headers } = await request(url, { headers: { 'x-correlation-id': 'order:42_a.b-c' } })
  assert.equal(headers.get('x-correlation-id'), 'order:42_a.b-c')
})

test('a request whose caller went away leaves a line, with its correlation id', async (t) => {
  const { url, line } = await start(t)
  const id = randomUUID()
  const req = get(`${url}/never`, { headers: { 'x-correlation-id': id } })
  req.on('error', () => {})
  req.once('finish', () => setImmediate(() => req.destroy()))
  const logged = await eventually(async () => line('request'))
  assert.equal(logged.aborted, true)
  assert.equal(logged.correlation_id, id)
})

test('the line of a request holds its route and path, never its query', async (t) => {
  const { url, line } = await start(t)
  await request(`${url}/things/7?token=canary`)
  const { method, route, path, status } = await eventually(async () => line('request'))
  assert.deepEqual(
    { method, route, path, status },
    { method: 'GET', route: '/things/:id', path: '/things/7', status: 200 },
  )
})
