import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { type TestContext, test } from 'node:test'
import amqplib from 'amqplib'
import { eventually } from '../testing.ts'
import { deadLetters, redrive } from './redrive.ts'
import { QUEUE, type Station, station } from './testing-station.ts'
import { deadQueue } from './topology.ts'

/** Three messages that a consumer with a bug has given up on. */
async function start(t: TestContext) {
  const here = await station(t)
  const channel = await confirms(here)
  const ids = Array.from({ length: 3 }, () => randomUUID())
  const broken = await here.connect({})
  for (const id of ids) {
    here.send({ orderId: id }, { messageId: id, headers: { 'aggregate-id': id } })
  }
  await eventually(async () => (await channel.checkQueue(deadQueue(QUEUE))).messageCount === 3)
  await broken.stop()
  return { ...here, channel, ids }
}

async function confirms({ url, later }: Station) {
  const connection = await amqplib.connect(url)
  later.after(() => connection.close())
  return connection.createConfirmChannel()
}

test('looking at dead letters says why they died, and moves nothing', async (t) => {
  const { channel, ids } = await start(t)
  const letters = await deadLetters(channel, QUEUE)
  assert.deepEqual(letters.map(({ id }) => id).sort(), ids.toSorted())
  assert.equal(letters[0]!.error, `${QUEUE} does not know what to do with stock.released`)
  assert.equal(letters[0]!.aggregateId, letters[0]!.id)
  // The broker puts them back a moment after it was asked to.
  await eventually(async () => (await deadLetters(channel, QUEUE)).length === 3)
})

test('once the bug is gone the dead letters are handled, as if for the first time', async (t) => {
  const { channel, connect, ids } = await start(t)
  assert.equal((await redrive(channel, QUEUE)).length, 3)
  const handled: { aggregateId: string; attempt: number }[] = []
  await connect({
    'stock.released': ({ aggregateId, attempt }, once) =>
      once(async () => void handled.push({ aggregateId, attempt })),
  })
  await eventually(async () => handled.length === 3)
  const expected = ids.map((aggregateId) => ({ aggregateId, attempt: 0 }))
  const byId = (a: { aggregateId: string }, b: { aggregateId: string }) =>
    a.aggregateId.localeCompare(b.aggregateId)
  assert.deepEqual(handled.sort(byId), expected.sort(byId))
  assert.deepEqual(await deadLetters(channel, QUEUE), [])
})

test('a letter that dies again does not go round for ever', async (t) => {
  const { channel, connect } = await start(t)
  await connect({})
  assert.equal((await redrive(channel, QUEUE)).length, 3)
  await eventually(async () => (await channel.checkQueue(deadQueue(QUEUE))).messageCount === 3)
})

test('a message that was handled before it died has no second effect', async (t) => {
  const { channel, connect, pool, ids } = await start(t)
  await pool.query('insert into inbox (queue, message_id) values ($1, $2)', [QUEUE, ids[0]])
  await redrive(channel, QUEUE)
  const fresh: boolean[] = []
  await connect({
    'stock.released': async (_, once) => void fresh.push(await once(() => {})),
  })
  await eventually(async () => fresh.length === 3)
  assert.equal(fresh.filter(Boolean).length, 2)
})
