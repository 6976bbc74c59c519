import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { type TestContext, test } from 'node:test'
import { Router } from 'express'
import { httpApp } from '#platform/http/app.ts'
import { request, serve, silentLog } from '#platform/testing.ts'
import { gatewayRoutes } from './routes.ts'
import { gateway } from './service.ts'
import { upstream } from './upstream.ts'

const kitchen = {
  ...gateway,
  name: 'kitchen',
  routes: [
    { method: 'get', path: '/dishes/:id' },
    { method: 'post', path: '/dishes' },
    { method: 'get', path: '/slow', timeoutMs: 300 },
    { method: 'get', path: '/.well-known/menu', unversioned: true },
  ] as const,
}

/** A service that answers what it was asked, and how often it was. */
async function echo(t: TestContext) {
  const asked: { url: string; headers: Record<string, unknown>; body: string }[] = []
  const routes = Router()
  routes.get('/slow', () => {})
  routes.get('/dishes/broken', (_req, res) => void res.status(500).json({ code: 'internal' }))
  routes.use(async (req, res) => {
    const chunks: Buffer[] = []
    for await (const chunk of req) chunks.push(chunk as Buffer)
    const body = Buffer.concat(chunks).toString()
    asked.push({ url: req.url, headers: req.headers, body })
    res
      .status(201)
      .set('x-own', 'kept')
      .location('/api/v1/dishes/7')
      .json({ url: req.url, body, price: 5 })
  })
  const app = httpApp(silentLog, [routes], { parseBodies: false })
  return { url: await serve(t, app), asked }
}

/** The gateway in front of one service with these instances. */
async function door(t: TestContext, ...origins: string[]) {
  const kitchenAt = upstream('kitchen', origins)
  t.after(kitchenAt.close)
  const routes = gatewayRoutes([kitchen], { kitchen: kitchenAt })
  return serve(t, httpApp(silentLog, [routes], { parseBodies: false }))
}

async function start(t: TestContext) {
  const service = await echo(t)
  return { ...service, url: await door(t, service.url) }
}

/** A port nobody listens on. */
async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

test('a request goes to its service below the version, and the answer comes back', async (t) => {
  const { url, asked } = await start(t)
  const dish = { name: 'Käsespätzle' }
  const { status, headers, body } = await request(`${url}/api/v1/dishes?dry=1`, { body: dish })
  assert.equal(status, 201)
  assert.deepEqual(body, { url: '/dishes?dry=1', body: JSON.stringify(dish), price: 5 })
  assert.equal(headers.get('x-own'), 'kept')
  assert.equal(headers.get('location'), '/api/v1/dishes/7')
  assert.equal(asked.length, 1)
})

test('the version may be a header, and one that is not there is refused', async (t) => {
  const { url } = await start(t)
  assert.equal((await request(`${url}/api/dishes/7`)).body.url, '/dishes/7')
  const version = (name: string) => ({ headers: { 'api-version': name } })
  assert.equal((await request(`${url}/api/dishes/7`, version('v1'))).status, 201)
  const { status, body } = await request(`${url}/api/dishes/7`, version('v9'))
  assert.deepEqual([status, body.code], [400, 'unknown-version'])
  assert.equal((await request(`${url}/.well-known/menu`)).body.url, '/.well-known/menu')
})

test('version 2 is the same routes with money as cents and a currency, in and out', async (t) => {
  const { url, asked } = await start(t)
  const money = (amountCents: number) => ({ amountCents, currency: 'EUR' })
  const sent = { price: money(995) }
  const { status, body, headers } = await request(`${url}/api/v2/dishes`, { body: sent })
  assert.equal(status, 201)
  assert.equal(asked[0]!.body, '{"price":9.95}')
  assert.equal(asked[0]!.headers['api-version'], 'v2')
  assert.equal(headers.get('location'), '/api/v2/dishes/7')
  assert.deepEqual(body.price, money(500))
  const byHeader = await request(`${url}/api/dishes/7`, { headers: { 'api-version': 'v2' } })
  assert.deepEqual(byHeader.body.price, money(500))
  assert.equal(byHeader.headers.get('vary'), 'api-version')
  assert.equal((await request(`${url}/api/v1/dishes/7`)).body.price, 5)
})

test('what no manifest declares is not there, whatever the service would answer', async (t) => {
  const { url, asked } = await start(t)
  for (const path of [
    '/api/v1/internal/menus/7',
    '/api/v1/dishes/7/secret',
    '/dishes/7',
    '/metrics',
  ]) {
    const { status, headers } = await request(url + path)
    assert.equal(status, 404)
    assert.match(headers.get('content-type')!, /^application\/problem\+json/)
  }
  assert.equal((await request(`${url}/api/v1/dishes/7`, { method: 'DELETE' })).status, 404)
  assert.deepEqual(asked, [])
})

test('nobody outside can pretend to be a neighbour or somewhere else', async (t) => {
  const { url, asked } = await start(t)
  await request(`${url}/api/v1/dishes/7`, {
    headers: {
      'x-api-key': 'guessed',
      'x-forwarded-for': '10.0.0.1',
      'x-correlation-id': 'bad id\twith spaces',
      traceparent: '00-11111111111111111111111111111111-2222222222222222-01',
      authorization: 'Bearer mine',
    },
  })
  const [{ headers }] = asked as [(typeof asked)[number]]
  assert.equal(headers['x-api-key'], undefined)
  assert.equal(headers['x-forwarded-for'], '127.0.0.1')
  assert.doesNotMatch(String(headers['x-correlation-id']), /\s/)
  assert.doesNotMatch(String(headers.traceparent), /1{32}/)
  assert.equal(headers.authorization, 'Bearer mine')
})

test('a body that is too large is refused, declared or not, and never passed on', async (t) => {
  const { url, asked } = await start(t)
  const declared = await request(`${url}/api/v1/dishes`, { body: 'x'.repeat(102_401) })
  assert.deepEqual([declared.status, declared.body.code], [413, 'body-too-large'])
  const stream = new ReadableStream({
    start(controller) {
      for (let i = 0; i < 11; i++) controller.enqueue(Buffer.alloc(10_240))
      controller.close()
    },
  })
  const streamed = await fetch(`${url}/api/v1/dishes`, {
    ...{ method: 'POST', body: stream, duplex: 'half' },
  } as RequestInit)
  assert.equal(streamed.status, 413)
  assert.deepEqual(asked, [])
})

test('a service that fails answers for itself', async (t) => {
  const { url } = await start(t)
  const { status, body } = await request(`${url}/api/v1/dishes/broken`)
  assert.deepEqual([status, body.code], [500, 'internal'])
})

test('a service that is gone, or too slow, is a 503 that says when to come back', async (t) => {
  const { url } = await start(t)
  const slow = await request(`${url}/api/v1/slow`)
  assert.deepEqual([slow.status, slow.body.code], [503, 'unavailable'])
  const gone = await door(t, `http://127.0.0.1:${await closedPort()}`)
  const refused = await request(`${gone}/api/v1/dishes`, { body: {} })
  assert.equal(refused.status, 503)
  assert.ok(Number(refused.headers.get('retry-after')) > 0)
})

test('one instance that is gone costs nothing while another one is there', async (t) => {
  const { url, asked } = await echo(t)
  const gate = await door(t, `http://127.0.0.1:${await closedPort()}`, url)
  const answers = await Promise.all(
    Array.from({ length: 6 }, () => request(`${gate}/api/v1/dishes`, { body: {} })),
  )
  assert.ok(answers.every(({ status }) => status === 201))
  assert.equal(asked.length, 6)
})

test('a connection that breaks is tried again only where that is safe', async (t) => {
  let connections = 0
  const broken = createServer((req) => {
    connections++
    req.socket.destroy()
  })
  broken.listen(0, '127.0.0.1')
  await new Promise((resolve) => broken.once('listening', resolve))
  t.after(() => broken.close())
  const gate = await door(t, `http://127.0.0.1:${(broken.address() as AddressInfo).port}`)
  assert.equal((await request(`${gate}/api/v1/dishes`, { body: {} })).status, 503)
  assert.equal(connections, 1, 'it may have been served')
  const headers = { 'idempotency-key': 'k' }
  assert.equal((await request(`${gate}/api/v1/dishes`, { body: {}, headers })).status, 503)
  assert.ok(connections > 2, `asked ${connections} times`)
})

test('a client that goes away takes its request with it, and harms no other', async (t) => {
  const { url } = await start(t)
  const { port } = new URL(url)
  const socket = connect(Number(port), '127.0.0.1')
  socket.write('POST /api/v1/dishes HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n{"half":')
  await new Promise((resolve) => socket.once('connect', resolve))
  socket.destroy()
  assert.equal((await request(`${url}/api/v1/dishes/7`)).status, 201)
})
