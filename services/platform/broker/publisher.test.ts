import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { type TestContext, test } from 'node:test'
import amqplib from 'amqplib'
import { createPublisher, type OutgoingMessage } from './publisher.ts'
import { BROKER, QUEUE, station } from './testing-station.ts'

const message = (): OutgoingMessage => ({
  ...{ id: randomUUID(), name: 'stock.released', body: Buffer.from('{}'), writtenAt: new Date() },
  headers: {},
})

/** A connection on which the broker's alarms are made up: a real one would be everybody's. */
async function publishing(t: TestContext) {
  const { url, admin, later } = await station(t)
  const model = await amqplib.connect(url)
  model.on('error', () => {})
  later.after(() => model.close().catch(() => {}))
  const publisher = createPublisher(BROKER)
  const channel = await publisher.use(model)
  const { mock } = t.mock.method(channel, 'publish')
  return { publisher, model, admin, sent: () => mock.callCount() }
}

test('during an alarm nothing is sent; what waits goes out at its end, once', async (t) => {
  const { publisher, model, admin, sent } = await publishing(t)
  model.emit('blocked', 'low on memory')
  assert.equal(publisher.blocked(), true)
  const outcomes = publisher.publish([message(), message()])
  const moved = publisher.move(QUEUE, message())
  await admin.checkQueue(QUEUE) // a round trip: time to send
  assert.equal(sent(), 0)
  model.emit('unblocked')
  assert.deepEqual(await outcomes, ['confirmed', 'confirmed'])
  assert.equal(await moved, 'confirmed')
  assert.equal(sent(), 3)
  assert.equal((await admin.checkQueue(QUEUE)).messageCount, 3)
})

test('an alarm that does not end leaves a message where it was, unsent', async (t) => {
  const { publisher, model, sent } = await publishing(t)
  model.emit('blocked', 'low on disk')
  const startedAt = performance.now()
  assert.deepEqual(await publisher.publish([message()]), ['failed'])
  assert.ok(performance.now() - startedAt > 9_000, 'it waits for the end')
  assert.equal(sent(), 0)
})

test('the alarm of a connection that is gone does not hold up the next one', async (t) => {
  const { publisher, model, admin } = await publishing(t)
  model.emit('blocked', 'low on memory')
  await publisher.use(model)
  assert.deepEqual(await publisher.publish([message()]), ['confirmed'])
  assert.equal((await admin.checkQueue(QUEUE)).messageCount, 1)
})
