import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { test } from 'node:test'
import amqplib from 'amqplib'
import { eventually, silentLog } from '../testing.ts'
import { consume, type Handlers } from './consumer.ts'
import { MAX_ATTEMPTS } from './failure.ts'
import { groupCommit } from './group-commit.ts'
import { createPublisher } from './publisher.ts'
import { BROKER, gate, QUEUE, released, station } from './testing-station.ts'
import { DELIVERY_LIMIT } from './topology.ts'

const INSERT = 'insert into effects values ($1, $2)'
const effect = (aggregateId: string, version: number) => ({
  name: 'effect',
  text: INSERT,
  values: [aggregateId, version],
})

/** Leaves one row per message. */
const storing: Handlers = {
  'stock.released': ({ aggregateId, version }, once) =>
    once(async (tx) => void (await tx.query(effect(aggregateId, version)))),
}

test('a message that arrives twice has one effect', async (t) => {
  const { connect, send, effects, admin } = await station(t)
  const twice = { messageId: randomUUID(), headers: { 'aggregate-version': 1 } }
  send({ orderId: randomUUID() }, twice)
  send({ orderId: randomUUID() }, twice)
  send({ orderId: randomUUID() }, { headers: { 'aggregate-version': 2 } })
  const connection = await connect(storing)
  await eventually(async () => (await effects()).length === 2)
  await connection.stop()
  assert.deepEqual(
    (await effects()).map(({ version }) => version),
    [1, 2],
  )
  assert.equal((await admin.checkQueue(QUEUE)).messageCount, 0)
})

test('a message whose handler failed comes again later, with its attempt counted', async (t) => {
  const { connect, send, effects, dead } = await station(t)
  const attempts: number[] = []
  await connect({
    'stock.released': async (message, once) => {
      attempts.push(message.attempt)
      await once(async (tx) => {
        await tx.query(effect(message.aggregateId, message.version))
        if (message.attempt < 1) throw new Error('not yet')
      })
    },
  })
  const id = randomUUID()
  send({ orderId: id }, { headers: { 'aggregate-id': id, 'aggregate-version': 7 } })
  await eventually(async () => (await effects()).length)
  assert.deepEqual(attempts, [0, 1])
  assert.deepEqual(await effects(), [{ aggregate_id: id, version: 7 }])
  assert.equal(await dead(), undefined)
})

test('poison goes to the dead letters at once and lets the others pass', async (t) => {
  const { connect, send, effects, dead } = await station(t)
  const order = { orderId: randomUUID() }
  send('{"orderId":')
  send(order, { type: 'nobody.knows' })
  send(order, { type: 'constructor' })
  send(order, { type: 'stock.reserved' }) // known, but not to this handler
  send({ orderId: 7 })
  send(order, { messageId: undefined })
  send(order, { messageId: 'no-uuid' })
  send(order, { headers: { 'schema-version': 2 } })
  send({ ...order, note: 'x'.repeat(10_000_000) })
  send('')
  send(order, { headers: { 'aggregate-version': 1 } })
  const handled: number[] = []
  await connect({
    'stock.released': (message, once) => {
      handled.push(message.attempt)
      return storing['stock.released']!(message, once)
    },
  })
  await eventually(async () => (await effects()).length)
  const errors: string[] = []
  await eventually(async () => {
    const letter = await dead()
    if (letter) errors.push(letter.properties.headers?.['x-error'])
    return errors.length === 10
  })
  assert.deepEqual(errors.sort(), [
    'stock.released does not fit its schema',
    'stock.released has a schema of version 2',
    'stock.released has no id',
    'stock.released has no id',
    'stock.released is not JSON',
    'stock.released is not JSON',
    'stock.released is too large',
    `${QUEUE} does not know what to do with stock.reserved`,
    'unknown message constructor',
    'unknown message nobody.knows',
  ])
  assert.deepEqual(handled, [0], 'no handler ever sees poison')
})

test('a value that PostgreSQL refuses is poison: nothing is tried twice', async (t) => {
  const { connect, send, dead } = await station(t)
  const attempts: number[] = []
  await connect({
    'stock.released': ({ attempt }, once) =>
      once(async (tx) => {
        attempts.push(attempt)
        await tx.query({ ...effect('x', 1), values: ['x', 2 ** 40] })
      }),
  })
  send({ orderId: randomUUID() })
  const letter = await eventually(dead)
  assert.match(letter.properties.headers?.['x-error'], /out of range/)
  assert.deepEqual(attempts, [0])
})

test('a service may set poison aside itself; what it does not want either is a dead letter', async (t) => {
  const { connect, send, dead, admin } = await station(t)
  const seen: unknown[] = []
  let tries = 0
  const connection = await connect({
    ...storing,
    setAside: async ({ aggregateId, version, name }, error) => {
      if (aggregateId === 'nobody') throw error
      if (tries++ === 0) throw new Error('the database is away')
      seen.push([aggregateId, version, name, error.message])
    },
  })
  send({ orderId: 7 }, { headers: { 'aggregate-id': 'a', 'aggregate-version': 3 } })
  await eventually(async () => seen.length === 1)
  assert.deepEqual(seen, [['a', 3, 'stock.released', 'stock.released does not fit its schema']])
  assert.equal(tries, 2, 'what could not be set aside is tried again')
  send({ orderId: 8 }, { headers: { 'aggregate-id': 'nobody' } })
  const letter = await eventually(dead)
  assert.equal(letter.properties.headers?.['aggregate-id'], 'nobody')
  await connection.stop()
  assert.equal((await admin.checkQueue(QUEUE)).messageCount, 0)
})

test('a message that has failed often enough is given up', async (t) => {
  const { connect, send, dead } = await station(t)
  await connect({ 'stock.released': () => Promise.reject(new Error('never')) })
  const messageId = randomUUID()
  send({ orderId: randomUUID() }, { messageId, headers: { 'x-attempt': MAX_ATTEMPTS } })
  const letter = await eventually(dead)
  assert.equal(letter.properties.messageId, messageId)
  assert.equal(letter.properties.headers?.['x-error'], 'never')
})

test('a message that brings its process down takes no other one with it', async (t) => {
  const { connect, send, effects, dead, admin, pool, url } = await station(t)
  const culprit = randomUUID()
  send({ orderId: culprit }, { messageId: culprit })
  for (let version = 1; version <= 9; version++) {
    send({ orderId: randomUUID() }, { headers: { 'aggregate-version': version } })
  }
  // All ten were in the hands of a process that died.
  await admin.prefetch(10)
  const { consumerTag } = await admin.consume(QUEUE, () => {})
  await eventually(async () => (await admin.checkQueue(QUEUE)).messageCount === 0)
  await admin.cancel(consumerTag)
  admin.nackAll()

  const life = async () => {
    const process = await amqplib.connect(url)
    const death = once(process, 'close')
    const deps = { commit: groupCommit(pool), publisher: createPublisher(BROKER), log: silentLog }
    await consume(deps, await process.createChannel(), BROKER.topology[0]!, {
      'stock.released': async (message, effectOnce) => {
        if (message.id !== culprit) return storing['stock.released']!(message, effectOnce)
        await process.close()
        return new Promise(() => {})
      },
    })
    await death
  }
  for (let crash = 1; crash <= DELIVERY_LIMIT; crash++) await life()

  assert.equal((await eventually(dead)).properties.messageId, culprit)
  await connect(storing)
  await eventually(async () => (await effects()).length === 9)
  assert.equal(await dead(), undefined)
})

test('messages of one aggregate take turns while others overtake them', async (t) => {
  const { connect, write, relay } = await station(t)
  const [slow, other] = [randomUUID(), randomUUID()]
  const open = gate()
  const seen: string[] = []
  const connection = await connect({
    'stock.released': async ({ aggregateId, version }) => {
      const name = `${aggregateId === slow ? 'slow' : 'other'} ${version}`
      seen.push(name)
      if (name === 'slow 1') await open.promise
      seen.push(`${name} done`)
    },
  })
  await write(released(slow, 1), released(slow, 2), released(other, 1), released(slow, 3))
  await relay(connection.publisher.publish)
  await eventually(async () => seen.includes('other 1 done'))
  assert.deepEqual(seen, ['slow 1', 'other 1', 'other 1 done'])
  open.resolve()
  await eventually(async () => seen.includes('slow 3 done'))
  assert.deepEqual(
    seen.filter((name) => name.startsWith('slow')),
    ['slow 1', 'slow 1 done', 'slow 2', 'slow 2 done', 'slow 3', 'slow 3 done'],
  )
})

test('stopping lets handlers that run finish and be acknowledged', async (t) => {
  const { connect, send, effects, admin, later } = await station(t)
  const open = gate()
  let running = 0
  const connection = await connect({
    'stock.released': async (message, once) => {
      running++
      await open.promise
      await storing['stock.released']!(message, once)
    },
  })
  later.after(() => open.resolve())
  send({ orderId: randomUUID() }, { headers: { 'aggregate-version': 1 } })
  await eventually(async () => running)
  let stopped = false
  const stopping = connection.stop().then(() => {
    stopped = true
  })
  await admin.checkQueue(QUEUE)
  assert.equal(stopped, false)
  open.resolve()
  await stopping
  assert.deepEqual(
    (await effects()).map(({ version }) => version),
    [1],
  )
  await eventually(async () => (await admin.checkQueue(QUEUE)).messageCount === 0)
  send({ orderId: randomUUID() }, { headers: { 'aggregate-version': 2 } })
  await eventually(async () => (await admin.checkQueue(QUEUE)).messageCount === 1)
  assert.equal(running, 1)
})
