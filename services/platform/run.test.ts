import assert from 'node:assert/strict'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { eventually, request, testBroker, testDatabase } from './testing.ts'
import { startProcess } from './testing-process.ts'

const SERVICE = join(import.meta.dirname, 'testing-service.ts')
const CONFIGURED = {
  PORT: '0',
  METRICS_PORT: '0',
  JWKS_URL: 'http://127.0.0.1:9/jwks.json',
  TOKEN_ISSUER: 'issuer',
  TOKEN_AUDIENCE: 'audience',
  SERVICE_API_KEY: 'the-key-of-a-test',
  OWN_SETTING: 'set',
}

async function start(t: TestContext, more: Record<string, string> = {}) {
  const env = {
    ...CONFIGURED,
    DATABASE_URL: (await testDatabase(t)).databaseUrl,
    RABBITMQ_URL: await testBroker(t),
    ...more,
  }
  const service = startProcess(t, SERVICE, { env })
  const { port, metricsPort } = await service.line(({ msg }) => msg === 'started')
  const url = `http://127.0.0.1:${port}`
  const status = async (path: string) => (await request(url + path)).status
  return { service, url, metricsUrl: `http://127.0.0.1:${metricsPort}`, status }
}

/** A server that is not there yet: nobody listens until it is opened. */
async function absent(t: TestContext, target: string) {
  const { hostname, port } = new URL(target)
  const sockets = new Set<Socket>()
  const server = createServer((near) => {
    const far = connect(Number(port), hostname)
    for (const socket of [near, far]) sockets.add(socket.on('error', () => {}))
    near.pipe(far).pipe(near)
  })
  const reserved = await opened(server)
  await new Promise((resolve) => server.close(resolve))
  t.after(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return {
    url: Object.assign(new URL(target), { port: String(reserved) }).href,
    open: () => opened(server, reserved),
  }
}

function opened(server: Server, port = 0): Promise<number> {
  return new Promise((resolve) => {
    server.listen(port, '127.0.0.1', () => resolve((server.address() as { port: number }).port))
  })
}

test('SIGTERM: a request in flight is answered, then the process ends well', async (t) => {
  const { service, url, status } = await start(t)
  await eventually(async () => (await status('/readyz')) === 200)
  const answer = request(`${url}/slow`)
  await service.line(({ msg }) => msg === 'asked slowly')
  service.signal('SIGTERM')
  service.signal('SIGTERM')
  const { body, headers } = await answer
  assert.deepEqual(body, { answered: true })
  assert.equal(headers.get('connection'), 'close')
  assert.deepEqual(await service.exit, { code: 0, signal: null })
  assert.equal(service.stderr(), '')
  const said = service.lines.map(({ msg }) => msg)
  assert.ok(said.includes('draining') && said.includes('stopped'))
})

test('while it drains a service is not ready, but alive and still answers', async (t) => {
  const { service, status } = await start(t, { DRAIN_DELAY_MS: '1000' })
  await eventually(async () => (await status('/readyz')) === 200)
  service.signal('SIGTERM')
  await eventually(async () => (await status('/readyz')) === 503)
  assert.equal(await status('/livez'), 200)
  assert.equal(await status('/things/1'), 200)
  assert.deepEqual(await service.exit, { code: 0, signal: null })
})

test('a service whose database is not there yet lives, is not ready, and waits', async (t) => {
  const { databaseUrl } = await testDatabase(t)
  const database = await absent(t, databaseUrl)
  const { service, url, status } = await start(t, { DATABASE_URL: database.url })
  await service.line(({ msg }) => msg === 'waiting for the database')
  assert.equal(await status('/livez'), 200)
  assert.equal(await status('/readyz'), 503)
  const { status: health, body } = await request(`${url}/health`)
  assert.equal(health, 503)
  assert.equal(body.dependencies.database.status, 'unhealthy')
  await database.open()
  await eventually(async () => (await status('/readyz')) === 200)
})

test('a database that comes while a service drains does not make it ready again', async (t) => {
  const { databaseUrl } = await testDatabase(t)
  const database = await absent(t, databaseUrl)
  const { service, status } = await start(t, {
    DATABASE_URL: database.url,
    DRAIN_DELAY_MS: '1500',
  })
  await service.line(({ msg }) => msg === 'waiting for the database')
  service.signal('SIGTERM')
  await service.line(({ msg }) => msg === 'draining')
  await database.open()
  const seen = new Set<number>()
  await eventually(() =>
    status('/readyz').then(
      (now) => void seen.add(now),
      () => 'it has ended',
    ),
  )
  assert.deepEqual([...seen], [503])
})

test('SIGTERM while the database is waited for ends the process well', async (t) => {
  const env = { DATABASE_URL: 'postgres://nobody@127.0.0.1:9/none' }
  const { service } = await start(t, env)
  await service.line(({ msg }) => msg === 'waiting for the database')
  service.signal('SIGTERM')
  assert.deepEqual(await service.exit, { code: 0, signal: null })
  assert.equal(service.stderr(), '')
})

test('a service whose broker is not there yet is ready without it, and connects later', async (t) => {
  const broker = await absent(t, await testBroker(t))
  const { service, url, status } = await start(t, { RABBITMQ_URL: broker.url })
  await service.line(({ msg }) => msg === 'the broker is not there yet')
  await eventually(async () => (await status('/readyz')) === 200)
  const { status: health, body } = await request(`${url}/health`)
  assert.equal(health, 503)
  assert.equal(body.dependencies.rabbitmq.status, 'unhealthy')
  assert.equal(body.dependencies.database.status, 'healthy')
  await broker.open()
  await eventually(async () => (await status('/health')) === 200)
})

test('SIGTERM while the broker is waited for ends the process well', async (t) => {
  const { service } = await start(t, { RABBITMQ_URL: 'amqp://127.0.0.1:9' })
  await service.line(({ msg }) => msg === 'the broker is not there yet')
  service.signal('SIGTERM')
  assert.deepEqual(await service.exit, { code: 0, signal: null })
})

test('mistakes in the configuration are one message and exit code 78', async (t) => {
  const { TOKEN_ISSUER: _, ...rest } = CONFIGURED
  const service = startProcess(t, SERVICE, { env: { ...rest, PORT: 'x' } })
  assert.deepEqual(await service.exit, { code: 78, signal: null })
  const message = service.stderr()
  for (const name of ['PORT', 'TOKEN_ISSUER', 'DATABASE_URL', 'RABBITMQ_URL']) {
    assert.match(message, new RegExp(`^ {2}${name}: `, 'm'))
  }
  assert.match(message, /^tried cannot start: /)
  assert.doesNotMatch(message, /\bat .*\.ts/, 'no stack trace')
  assert.equal(service.lines.length, 0)
})

test('a mistake in what the service itself reads is reported in the same way', async (t) => {
  const { OWN_SETTING: _, ...rest } = CONFIGURED
  const urls = { DATABASE_URL: 'postgres://127.0.0.1:9/none', RABBITMQ_URL: 'amqp://127.0.0.1:9' }
  const service = startProcess(t, SERVICE, { env: { ...rest, ...urls } })
  assert.deepEqual(await service.exit, { code: 78, signal: null })
  assert.match(service.stderr(), /OWN_SETTING: is not set/)
})

test('metrics have a port of their own, also while the database is gone', async (t) => {
  const env = { DATABASE_URL: 'postgres://nobody@127.0.0.1:9/none' }
  const { url, metricsUrl } = await start(t, env)
  const { status, text } = await request(`${metricsUrl}/metrics`)
  assert.equal(status, 200)
  assert.match(text, /^restofy_build_info\{/m)
  assert.equal((await request(metricsUrl)).status, 404)
  assert.equal((await request(`${url}/metrics`)).status, 404)
})
