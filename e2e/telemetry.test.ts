import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { eventually } from '#platform/testing.ts'
import { logFile } from '../deploy/host/supervisor.ts'
import { findTool } from '../deploy/host/tools.ts'
import { services } from '../services/catalogue.ts'
import { serviceOf, servicesIn, traceOf } from './jaeger.ts'
import { basket, becomes, openShop, someone } from './people.ts'
import { query } from './prometheus.ts'
import { profile } from './stack.ts'

const ON_THE_WAY = ['gateway', 'order', 'inventory', 'payment', 'tracking', 'notification']

async function paidOrder() {
  const shop = await openShop()
  const customer = await someone('customer')
  const traceId = crypto.randomUUID().replaceAll('-', '')
  const correlationId = `telemetry-${crypto.randomUUID()}`
  const { body } = await customer.call('POST', '/orders', basket(shop, { token: 'tok_ok' }), {
    traceparent: `00-${traceId}-00f067aa0ba902b7-01`,
    'x-correlation-id': correlationId,
  })
  await becomes(customer, body.id, 'paid')
  return { traceId, correlationId }
}

const traces = await findTool('jaeger')

test('one trace shows the whole order, from the gateway to the last consumer, in one tree', {
  skip: !traces && 'jaeger is neither on PATH nor built, and cannot be built here',
}, async () => {
  const { traceId } = await paidOrder()
  const trace = await eventually(async () => {
    const found = await traceOf(traceId)
    const seen = found ? servicesIn(found) : new Set()
    const missing = ON_THE_WAY.filter((name) => !seen.has(name))
    if (!found || missing.length > 0) throw new Error(`no spans of ${missing}`)
    return found
  }, 30_000)
  const ids = new Set(trace.spans.map(({ spanID }) => spanID))
  const roots = trace.spans.filter(
    ({ references }) => !references.some(({ spanID }) => ids.has(spanID)),
  )
  // The only parent outside the trace is the caller's own span, named in its traceparent.
  assert.deepEqual(
    roots.map((span) => [serviceOf(trace, span), span.operationName]),
    [['gateway', 'POST /api/v1/orders']],
  )
})

test('the log lines of an order share its correlation and trace ids in every service', async () => {
  const { traceId, correlationId } = await paidOrder()
  for (const name of ON_THE_WAY) {
    await eventually(async () => {
      const lines = (await readFile(logFile(profile, name), 'utf8'))
        .split('\n')
        .filter((line) => line.includes(correlationId))
        .map((line) => JSON.parse(line))
      assert.ok(lines.length > 0, `${name} logged nothing about the order`)
      assert.deepEqual(new Set(lines.map(({ trace_id }) => trace_id)), new Set([traceId]), name)
      return true
    })
  }
})

test('Prometheus has every service up', async () => {
  await eventually(async () => {
    const up = await query('up{service!=""} == 1')
    const names = new Set(up.map(({ metric }) => metric.service))
    const missing = services.filter(({ name }) => !names.has(name)).map(({ name }) => name)
    assert.deepEqual(missing, [])
    return true
  }, 30_000)
})

test('Prometheus has routes as templates, and the figures of outbox, saga and queues', async () => {
  await paidOrder()
  const template =
    'http_request_duration_seconds_count{service="gateway",route="/api/v1/orders/:id"}'
  const expected = [
    template,
    'restofy_outbox_pending{service="order"}',
    'restofy_outbox_published_total{service="order",outcome="confirmed"} > 0',
    'restofy_saga_finished_total{outcome="completed"} > 0',
    'restofy_saga_duration_seconds_count > 0',
    'messaging_process_duration_seconds_count{service="inventory"} > 0',
    'rabbitmq_queue_messages_ready{queue="order.replies"}',
  ]
  for (const expression of expected) {
    await eventually(async () => (await query(expression)).length > 0, 30_000).catch(() => {
      assert.fail(`${expression} is empty`)
    })
  }
  const raw = await query(
    'http_request_duration_seconds_count{route=~".*[0-9a-f]{8}-[0-9a-f]{4}.*"}',
  )
  assert.deepEqual(raw, [])
})
