import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { Router } from 'express'
import type { OrderState } from '#contracts/order.ts'
import { rpcNeighbour } from '#platform/grpc/client.ts'
import type { Asked } from '#platform/grpc/server.ts'
import { httpApp } from '#platform/http/app.ts'
import { Problem } from '#platform/problem.ts'
import { eventually, readEvents, request, serve, silentLog } from '#platform/testing.ts'
import { TEST_API_KEY } from '#platform/testing-neighbour.ts'
import { serveRpc } from '#platform/testing-rpc.ts'
import { serverSentEvents } from './events.ts'

const TRACKING = 'restofy.tracking.v1.Tracking'
const rules = { service: 'tracking', rpc: TRACKING, timeoutMs: 2_000, retries: 0 }
const id = crypto.randomUUID()

const order = (version: number, status: OrderState['status']): OrderState => ({
  ...{ id, customerId: id, restaurantId: id, ownerId: id, status, version, currency: 'EUR' },
  lines: [{ menuItemId: id, name: 'Käse\n\nSpätzle', quantity: 1, unitCents: 950 }],
  ...{ totalCents: 950, placedAt: '2025-06-01T12:00:00.000Z' },
})

type Watch = (asked: { id: string; afterVersion?: number }, call: Asked) => AsyncGenerator<object>

/** The gateway in front of a tracking service that answers with this stream. */
async function start(t: TestContext, WatchOrder: Watch) {
  const leaving = { service: new AbortController(), gateway: new AbortController() }
  const handlers = {
    [TRACKING]: { WatchOrder: (r: unknown, c: Asked) => WatchOrder(r as never, c) },
  }
  const service = await serveRpc(t, handlers, { leaving: leaving.service.signal })
  const client = rpcNeighbour(rules, { target: service.target, apiKey: TEST_API_KEY })
  t.after(client.close)
  const deps = { log: silentLog, leaving: leaving.gateway.signal, heartbeatMs: 20 }
  const routes = Router().get('/orders/:id/events', serverSentEvents(deps, client, 'WatchOrder'))
  const url = await serve(t, httpApp(silentLog, [routes], { parseBodies: false }))
  return { url: `${url}/orders/${id}/events`, leaving, service, handlers }
}

const untilHungUp = (signal: AbortSignal) =>
  new Promise((resolve) => signal.addEventListener('abort', resolve))

const idsOf = (events: readonly { id?: string }[]) => events.flatMap(({ id }) => id ?? [])

test('an event has the version as its id, the status as its name, and the order as version 1 shows it', async (t) => {
  const { url } = await start(t, async function* () {
    yield { order: order(2, 'reserved') }
  })
  const { status, headers, events, ended } = await readEvents(url, {}, () => false)
  assert.deepEqual([status, headers.get('content-type'), ended], [200, 'text/event-stream', true])
  const [{ id: version, event, data }] = events as [(typeof events)[number]]
  assert.deepEqual([version, event], ['2', 'reserved'])
  assert.deepEqual([data.id, data.totalAmount, data.items[0].name], [id, 9.5, 'Käse\n\nSpätzle'])
})

test('who comes back says what was seen last; what is no version counts as nothing', async (t) => {
  const { url } = await start(t, async function* ({ afterVersion = 0 }) {
    yield { order: order(afterVersion + 1, 'paid') }
  })
  const firstAfter = async (last: string) =>
    idsOf((await readEvents(url, { 'last-event-id': last }, () => false)).events)
  assert.deepEqual(await firstAfter('4'), ['5'])
  assert.deepEqual(await firstAfter('4; drop table'), ['1'])
})

test('a refusal is a problem, as on any other route', async (t) => {
  const { url } = await start(t, async function* () {
    yield* []
    throw new Problem(404, 'order-not-found', 'no such order')
  })
  const { status, body } = await request(url)
  assert.deepEqual([status, body.code], [404, 'order-not-found'])
})

test('while nothing happens a comment keeps the connection, from the first moment on', async (t) => {
  const { url } = await start(t, async function* (_asked, { signal }) {
    yield {}
    await untilHungUp(signal)
  })
  const { events } = await readEvents(url, {}, ({ length }) => length >= 2)
  assert.ok(
    events.every(({ comment }) => comment === 'still here'),
    JSON.stringify(events),
  )
})

test('a client that hangs up is not streamed to any longer', async (t) => {
  let open = 0
  const { url } = await start(t, async function* (_asked, { signal }) {
    open++
    yield { order: order(1, 'placed') }
    await untilHungUp(signal)
    open--
  })
  await readEvents(url, {}, (events) => events.length > 0)
  await eventually(async () => open === 0)
})

test('a service that leaves in the middle is asked again for what follows', async (t) => {
  const asked: unknown[] = []
  const { url, leaving, service, handlers } = await start(
    t,
    async function* ({ afterVersion = 0 }, { signal }) {
      asked.push(afterVersion)
      yield { order: order(afterVersion + 1, 'placed') }
      await untilHungUp(signal)
    },
  )
  const reading = readEvents(url, {}, (events) => idsOf(events).length === 2)
  await eventually(async () => asked.length === 1)
  leaving.service.abort()
  await service.drain()
  await serveRpc(t, handlers, { port: service.port })
  assert.deepEqual(idsOf((await reading).events), ['1', '2'])
  assert.deepEqual(asked, [0, 1])
})

test('a gateway that leaves ends its streams properly', async (t) => {
  const { url, leaving } = await start(t, async function* (_asked, { signal }) {
    yield { order: order(1, 'placed') }
    await untilHungUp(signal)
  })
  const reading = readEvents(url, {}, (events) => {
    leaving.gateway.abort()
    return events.length > 10
  })
  assert.ok((await reading).ended)
})
