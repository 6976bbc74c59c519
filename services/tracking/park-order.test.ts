import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { type TestContext, test } from 'node:test'
import amqplib from 'amqplib'
import { metrics } from '#contracts/metrics.ts'
import type { OrderState } from '#contracts/order.ts'
import { connectBroker } from '#platform/broker/connection.ts'
import { deadQueue } from '#platform/broker/topology.ts'
import { registry } from '#platform/metrics.ts'
import { eventually, silentLog, testBroker, testDatabase } from '#platform/testing.ts'
import { testRedis } from '#platform/testing-redis.ts'
import { broker, EVENTS } from '../topology.ts'
import { trackingConsumers } from './consumers.ts'
import { cachedLists } from './lists.ts'
import { exportParked } from './observe.ts'
import { parkedOrders } from './parked-store.ts'
import { findOrder } from './store.ts'
import { anOrder } from './testing.ts'

const QUEUE = 'tracking.orders'

/** The projector between a real broker and a real database. */
async function start(t: TestContext) {
  const endings: (() => unknown)[] = []
  const later = { after: (ending: () => unknown) => void endings.unshift(ending) }
  t.after(async () => {
    for (const end of endings) await end()
  })
  const { pool } = await testDatabase(later, import.meta.dirname)
  const url = await testBroker(later)
  const lists = cachedLists({ pool, redis: await testRedis(later) })
  const consumers = trackingConsumers({ pool, log: silentLog, lists })
  const connection = await connectBroker({ url, broker, consumers, pool, log: silentLog })
  later.after(connection.stop)
  await eventually(async () => connection.connected())
  const own = await amqplib.connect(url)
  later.after(() => own.close())
  const channel = await own.createChannel()
  return {
    pool,
    say({ id, version, status }: OrderState, body: unknown, type = `order.${status}`) {
      const headers = { 'aggregate-id': id, 'aggregate-version': version }
      const options = { type, headers, messageId: randomUUID() }
      channel.publish(EVENTS, `order.${status}`, Buffer.from(JSON.stringify(body)), options)
    },
    shown: async (id: string) => (await findOrder(pool, id))?.version,
    parked: async () => (await parkedOrders(pool)).map(({ orderId }) => orderId),
    dead: async () => (await channel.checkQueue(deadQueue(QUEUE))).messageCount,
  }
}

test('an event that cannot be read parks its order, and no other, until one comes that can', async (t) => {
  const { pool, say, shown, parked, dead } = await start(t)
  const order = anOrder()
  const other = anOrder()
  const at = (version: number) => ({ ...order, status: 'paid' as const, version })
  say(order, { order })
  say(at(2), { order: { ...at(2), status: 'eaten' } })
  say(other, { order: other })
  await eventually(async () => (await shown(other.id)) && (await parked()).length === 1)
  const [found] = await parkedOrders(pool)
  assert.deepEqual([found?.orderId, found?.version], [order.id, 2])
  assert.match(found!.reason, /^order\.paid: order\.paid does not fit its schema: .*status/)
  assert.equal(await shown(order.id), 1, 'it is shown as it was')

  say(at(3), { order: at(3) })
  await eventually(async () => (await shown(order.id)) === 3)
  assert.deepEqual(await parked(), [])
  say(at(2), { order: { ...at(2), status: 'eaten' } })
  say(other, { order: { ...other, status: 'paid', version: 2 } })
  await eventually(async () => (await shown(other.id)) === 2)
  assert.deepEqual(await parked(), [], 'an old event parks nothing')
  assert.equal(await dead(), 0)
})

test('an event that the database refuses parks its order, one of an unknown name too', async (t) => {
  const { pool, say, parked } = await start(t)
  const before = anOrder({ placedAt: '0000-01-01T00:00:00.000Z' })
  const eaten = anOrder()
  say(before, { order: before })
  say(eaten, { order: eaten }, 'order.eaten')
  await eventually(async () => (await parked()).length === 2)
  const reasons = (await parkedOrders(pool)).map(({ reason }) => reason).sort()
  assert.match(reasons[0]!, /^order\.eaten: unknown message order\.eaten/)
  assert.match(reasons[1]!, /^order\.placed: .*out of range/)
})

test('what does not say which order it is about is a dead letter', async (t) => {
  const { say, parked, dead } = await start(t)
  say({ ...anOrder(), id: 'no-order' }, {})
  say({ ...anOrder(), version: 0 }, {})
  await eventually(async () => (await dead()) === 2)
  assert.deepEqual(await parked(), [])
})

test('parked orders are counted for whoever has to look', async (t) => {
  const { pool, say, parked } = await start(t)
  exportParked(pool)
  say(anOrder(), {})
  await eventually(async () => (await parked()).length === 1)
  const { values } = await registry.getSingleMetric(metrics.parkedOrders.name)!.get()
  assert.deepEqual(
    values.map(({ value }) => value),
    [1],
  )
})
