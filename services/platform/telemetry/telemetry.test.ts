import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { request, testBroker, testDatabase } from '../testing.ts'
import { startProcess } from '../testing-process.ts'
import { otlpSink } from './otlp-sink.ts'

const SERVER = 2
const CLIENT = 3
const PRODUCER = 4
const CONSUMER = 5

/** The traced app with the hooks really installed, as `make up` starts a service. */
async function start(t: TestContext) {
  const { databaseUrl } = await testDatabase(t)
  const sink = await otlpSink(t)
  const app = startProcess(t, join(import.meta.dirname, 'traced-app.ts'), {
    nodeArgs: ['--import', join(import.meta.dirname, 'register.ts')],
    env: {
      DATABASE_URL: databaseUrl,
      RABBITMQ_URL: await testBroker(t),
      OTEL_EXPORTER_OTLP_ENDPOINT: sink.url,
      OTEL_NODE_ENABLED_INSTRUMENTATIONS: 'http,undici,amqplib,pg',
    },
  })
  const { port } = await app.line(({ msg }) => msg === 'started')
  return { app, sink, url: `http://127.0.0.1:${port}` }
}

test('a request makes one SERVER span, named by its route, whose trace the log line carries', async (t) => {
  const { app, sink, url } = await start(t)
  const correlation = randomUUID()
  const traceId = randomUUID().replaceAll('-', '')
  const { status } = await request(`${url}/things/42`, {
    headers: {
      'x-correlation-id': correlation,
      traceparent: `00-${traceId}-${'1'.repeat(16)}-01`,
    },
  })
  assert.equal(status, 200)

  const line = await app.line(({ msg }) => msg === 'request')
  assert.equal(line.trace_id, traceId)
  assert.equal(line.correlation_id, correlation)
  app.signal('SIGTERM')
  assert.deepEqual(await app.exit, { code: 0, signal: null })
  const ours = sink.spans.filter((span) => span.traceId === traceId)
  const servers = ours.filter(({ kind }) => kind === SERVER)
  assert.equal(servers.length, 1, JSON.stringify(ours))
  assert.equal(servers[0]!.name, 'GET /things/:id')
  assert.equal(servers[0]!.attributes['http.route'], '/things/:id')
  assert.equal(servers[0]!.parentId, '1'.repeat(16))
  assert.equal(line.span_id, servers[0]!.spanId)
  const queries = ours.filter(({ kind, parentId }) => kind === CLIENT && parentId === line.span_id)
  assert.equal(queries.length, 1, 'the pg instrumentation is patched in')
})

test('one trace leads from a request through outbox and queue into the consumer', async (t) => {
  const { app, sink, url } = await start(t)
  const id = randomUUID()
  const { status } = await request(`${url}/things/${id}`, { body: {} })
  assert.equal(status, 202)

  const heard = await app.line(({ msg }) => msg === 'heard')
  const asked = await app.line(({ msg }) => msg === 'request')
  assert.equal(heard.trace_id, asked.trace_id)
  assert.equal(heard.correlation_id, asked.correlation_id)
  const handled = await app.line(({ msg }) => msg === 'message')
  assert.equal(handled.trace_id, asked.trace_id)
  const kinds = [SERVER, PRODUCER, CONSUMER]
  app.signal('SIGTERM') // which also sends what is still buffered
  await app.exit
  const ours = sink.spans.filter(({ traceId }) => traceId === asked.trace_id)
  const [server, producer, consumer] = kinds.map((kind) => ours.find((span) => span.kind === kind))
  assert.ok(server && producer && consumer, JSON.stringify(ours))
  assert.equal(consumer.parentId, producer.spanId)
  assert.equal(heard.span_id, consumer.spanId)
  const ids = new Map(sink.spans.map((span) => [span.spanId, span]))
  let root: typeof producer | undefined = producer
  while (root && root.spanId !== server.spanId) root = ids.get(root.parentId)
  assert.ok(root, 'the producer span hangs below the request')
})
