import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { eventually, makeVhost, silentLog, testManagement } from '../testing.ts'
import { connectBroker } from './connection.ts'
import type { Handlers } from './consumer.ts'
import {
  BROKER,
  dropConnections,
  EXCHANGE,
  gate,
  QUEUE,
  released,
  station,
} from './testing-station.ts'

/** Keeps the versions it was given. */
function hearing(): { heard: number[]; handlers: Handlers } {
  const heard: number[] = []
  const handlers: Handlers = {
    'stock.released': ({ version }, once) => once(async () => void heard.push(version)),
  }
  return { heard, handlers }
}

test('after the broker closed every connection, publishing and consuming go on', async (t) => {
  const { connect, write, relay, vhost, pending } = await station(t)
  const { heard, handlers } = hearing()
  const { publisher } = await connect(handlers)
  const id = randomUUID()
  await write(released(id, 1))
  await relay(publisher.publish)
  await eventually(async () => heard.length === 1)
  await dropConnections(vhost)
  await write(released(id, 2))
  await eventually(async () => {
    await relay(publisher.publish)
    return (await pending()) === 0
  })
  await eventually(async () => heard.includes(2))
  assert.deepEqual(heard, [1, 2])
})

test('a queue deleted under its consumer is declared again and consumed again', async (t) => {
  const { connect, write, relay, admin } = await station(t)
  const { heard, handlers } = hearing()
  const { publisher } = await connect(handlers)
  await admin.deleteQueue(QUEUE)
  await write(released(randomUUID(), 1))
  await eventually(async () => {
    await relay(publisher.publish)
    return heard.length
  })
  assert.deepEqual(heard, [1])
})

test('a broker that comes back empty is made whole, and what it was not told yet is told', async (t) => {
  const { connect, write, relay, vhost, pending } = await station(t)
  const { heard, handlers } = hearing()
  const { publisher, connected } = await connect(handlers)
  const id = randomUUID()
  await write(released(id, 1), released(id, 2))
  // Exchanges, bindings, queues and what was in them: all gone.
  await testManagement('DELETE', `/api/vhosts/${vhost}`)
  await eventually(async () => !connected())
  await makeVhost(vhost)
  await eventually(async () => {
    await relay(publisher.publish)
    return (await pending()) === 0
  })
  await eventually(async () => heard.length === 2)
  assert.deepEqual(heard, [1, 2])
})

test('a channel that dies alone is replaced, and what it lacked is declared again', async (t) => {
  const { connect, write, relay, admin, pending } = await station(t)
  const { heard, handlers } = hearing()
  const { publisher } = await connect(handlers)
  await admin.deleteExchange(EXCHANGE)
  await write(released(randomUUID(), 1))
  // The broker answers a publish to an exchange it does not know by closing the channel.
  assert.deepEqual(await relay(publisher.publish), { found: 1, confirmed: 0, goOnAfter: 0 })
  await eventually(async () => {
    await relay(publisher.publish)
    return (await pending()) === 0
  })
  await eventually(async () => heard.length)
  assert.deepEqual(heard, [1])
})

test('a connection lost between commit and acknowledgement leaves exactly one effect', async (t) => {
  const { connect, send, effects, vhost } = await station(t)
  const fresh: boolean[] = []
  send({ orderId: randomUUID() }, { headers: { 'aggregate-version': 1 } })
  await connect({
    'stock.released': async ({ aggregateId, version }, once) => {
      const values = [aggregateId, version]
      const text = 'insert into effects values ($1, $2)'
      const first = await once(async (tx) => void (await tx.query({ name: 'e', text, values })))
      fresh.push(first)
      if (first) await dropConnections(vhost)
    },
  })
  await eventually(async () => fresh.length === 2)
  assert.deepEqual(fresh, [true, false])
  assert.equal((await effects()).length, 1)
})

test('a connection lost while it stops comes back without its consumers', async (t) => {
  const { connect, send, later, vhost } = await station(t)
  const open = gate()
  let begun = 0
  const connection = await connect({
    'stock.released': async () => {
      begun++
      await open.promise
    },
  })
  later.after(() => open.resolve())
  send({ orderId: randomUUID() })
  await eventually(async () => begun)
  const stopping = connection.stop()
  await dropConnections(vhost)
  await eventually(async () => !connection.connected())
  await eventually(async () => connection.connected())
  open.resolve()
  await stopping
  assert.equal(begun, 1, 'the message waits for another instance')
})

test('acknowledgements do not travel behind what is published', async (t) => {
  const { connect, vhost } = await station(t)
  await connect(hearing().handlers)
  type Channel = { confirm: boolean; consumer_count: number; connection_details: { name: string } }
  const { consuming, publishing } = await eventually(async () => {
    const channels: Channel[] = await testManagement('GET', `/api/vhosts/${vhost}/channels`)
    const consuming = channels.find(({ consumer_count }) => consumer_count > 0)?.connection_details
    const publishing = channels.find(({ confirm }) => confirm)?.connection_details
    return consuming && publishing && { consuming: consuming.name, publishing: publishing.name }
  }, 20_000)
  assert.notEqual(consuming, publishing)
})

test('a consumer of a queue in no manifest ends the start', async () => {
  const url = 'amqp://127.0.0.1:9'
  const deps = { url, broker: BROKER, pool: undefined as never, log: silentLog }
  const connecting = connectBroker({ ...deps, consumers: { 'nobody.knows': {} } })
  // Without the check it would try for ever, and say that the broker is not there.
  const outcome = connecting.then((connection) => connection.stop())
  await assert.rejects(outcome, /nobody\.knows is in no manifest/)
})
