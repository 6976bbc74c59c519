import assert from 'node:assert/strict'
import { Agent, get, type IncomingMessage, type RequestListener } from 'node:http'
import { type TestContext, test } from 'node:test'
import { eventually } from '../testing.ts'
import { listen } from './server.ts'

/** A server on a free port, and clients that keep one connection each. */
async function start(t: TestContext, handler: RequestListener) {
  const server = await listen(handler, { port: 0, host: '127.0.0.1' })
  const client = () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    t.after(() => agent.destroy())
    return (path = '/') =>
      new Promise<IncomingMessage & { reused: boolean }>((resolve, reject) => {
        const req = get({ port: server.port, path, agent }, (res) => {
          res.resume().once('end', () => resolve(Object.assign(res, { reused: req.reusedSocket })))
        })
        req.once('error', reject)
      })
  }
  return { ...server, client }
}

/** Answers `/slow` when told to, everything else at once. */
function slowHandler() {
  const open = Promise.withResolvers<void>()
  const seen: string[] = []
  const handler: RequestListener = async (req, res) => {
    seen.push(req.url!)
    if (req.url === '/slow') await open.promise
    res.end('done')
  }
  return { handler, open: open.resolve, seen }
}

const refused = (ask: () => Promise<unknown>) =>
  ask().then(
    () => false,
    ({ code }) => code === 'ECONNREFUSED',
  )

test('a request in flight when draining begins is answered, and told to reconnect elsewhere', async (t) => {
  const { handler, open, seen } = slowHandler()
  const server = await start(t, handler)
  const answer = server.client()('/slow')
  await eventually(async () => seen.includes('/slow'))
  let drained = false
  const draining = server.drain().then(() => {
    drained = true
  })
  await eventually(() => refused(server.client()))
  assert.equal(drained, false, 'it waits for the request')
  open()
  const { statusCode, headers } = await answer
  assert.equal(statusCode, 200)
  assert.equal(headers.connection, 'close')
  await draining
})

test('while load balancers still send requests they are answered with connection: close', async (t) => {
  const { handler } = slowHandler()
  const server = await start(t, handler)
  const ask = server.client()
  assert.equal((await ask()).headers.connection, 'keep-alive')
  // Long enough that everything below happens before the server closes.
  const draining = server.drain(1_000)
  const during = await ask()
  assert.equal(during.reused, true)
  assert.equal(during.headers.connection, 'close')
  assert.equal((await server.client()()).statusCode, 200, 'new connections are taken until then')
  await draining
  assert.ok(await refused(server.client()))
})

test('idle connections do not delay the end of a drain', async (t) => {
  const { handler } = slowHandler()
  const server = await start(t, handler)
  await server.client()()
  const started = performance.now()
  await server.drain()
  // Idle ones would otherwise last for their 65 s, busy ones for 10.
  assert.ok(performance.now() - started < 5_000)
})

test('a port that is taken fails the start', async (t) => {
  const { handler } = slowHandler()
  const { port, drain } = await start(t, handler)
  await assert.rejects(listen(handler, { port, host: '127.0.0.1' }), { code: 'EADDRINUSE' })
  await drain()
})

test('clients that keep asking see no failure from a drain', async (t) => {
  const { handler } = slowHandler()
  const server = await start(t, handler)
  let answered = 0
  let draining: Promise<void> | undefined
  const clients = Array.from({ length: 8 }, async () => {
    const ask = server.client()
    // As a load balancer does: after `connection: close` it asks elsewhere.
    while ((await ask()).headers.connection !== 'close') {
      if (++answered === 200) draining = server.drain(500)
    }
  })
  await Promise.all(clients)
  assert.ok(answered >= 200)
  await draining
})
