import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import type { Outcome, OutgoingMessage } from './broker/publisher.ts'
import { EXCHANGE, gate, QUEUE, released, station } from './broker/testing-station.ts'
import { appendMessages, INSERT_MESSAGES, outboxRows } from './outbox.ts'
import { type RelayDeps, startRelay } from './relay.ts'
import { inTransaction } from './sql.ts'
import { eventually, silentLog } from './testing.ts'

/** A broker of the test's own making: keeps what it is given, and answers as told. */
function recorder(answer: (message: OutgoingMessage) => Outcome = () => 'confirmed') {
  const seen: { aggregate: string; version: number }[] = []
  const publish: RelayDeps['publish'] = async (messages) =>
    messages.map((message) => {
      const { 'aggregate-id': aggregate, 'aggregate-version': version } = message.headers
      seen.push({ aggregate: String(aggregate), version: Number(version) })
      return answer(message)
    })
  return { seen, publish, versions: () => seen.map(({ version }) => version) }
}

test('a message of a transaction that was rolled back is never published', async (t) => {
  const { pool, relay, write } = await station(t)
  const { publish, versions } = recorder()
  const failing = inTransaction(pool, async (tx) => {
    appendMessages(tx, [released(randomUUID(), 1)])
    throw new Error('no')
  })
  await assert.rejects(failing, /no/)
  await write(released(randomUUID(), 2))
  await relay(publish)
  assert.deepEqual(versions(), [2])
})

test('a message is published after its commit, once, with all it carries', async (t) => {
  const { connect, admin, write, relay, pool } = await station(t)
  const { publisher } = await connect()
  const id = randomUUID()
  await write(released(id, 3))
  const { rows } = await pool.query('select id, created_at from outbox')
  assert.deepEqual(await relay(publisher.publish), { found: 1, confirmed: 1, goOnAfter: 0 })
  assert.deepEqual(await relay(publisher.publish), { found: 0, confirmed: 0, goOnAfter: 0 })
  const message = await admin.get(QUEUE, { noAck: true })
  assert.ok(message)
  assert.deepEqual(JSON.parse(message.content.toString()), { orderId: id })
  const { messageId, type, headers, timestamp, deliveryMode } = message.properties
  assert.equal(messageId, rows[0].id)
  assert.equal(type, 'stock.released')
  assert.equal(deliveryMode, 2)
  assert.equal(timestamp, rows[0].created_at.getTime())
  assert.equal(headers?.['aggregate-id'], id)
  assert.equal(headers?.['aggregate-version'], 3)
  assert.equal((await admin.checkQueue(QUEUE)).messageCount, 0)
})

test('a message the broker returns stays, and goes out when it has somewhere to go', async (t) => {
  const { connect, admin, write, relay, pending } = await station(t)
  const { publisher } = await connect()
  await admin.unbindQueue(QUEUE, EXCHANGE, 'stock.released')
  await write(released(randomUUID()))
  assert.deepEqual(await relay(publisher.publish), { found: 1, confirmed: 0, goOnAfter: 0 })
  assert.equal(await pending(), 1)
  await admin.bindQueue(QUEUE, EXCHANGE, 'stock.released')
  assert.deepEqual(await relay(publisher.publish), { found: 1, confirmed: 1, goOnAfter: 0 })
  assert.equal((await admin.checkQueue(QUEUE)).messageCount, 1)
})

test('a message nobody hears is done with once the broker has confirmed it', async (t) => {
  const { connect, write, relay, pending } = await station(t)
  const { publisher } = await connect()
  const orderId = randomUUID()
  const unheard = { aggregateId: orderId, version: 1, payload: { orderId } }
  await write({ name: 'stock.committed', ...unheard })
  assert.deepEqual(await relay(publisher.publish), { found: 1, confirmed: 1, goOnAfter: 0 })
  assert.equal(await pending(), 0)
})

test('without a broker messages stay in the outbox, and go out in order afterwards', async (t) => {
  const { connect, write, relay, pending } = await station(t)
  const { publisher, stop } = await connect()
  await stop()
  const id = randomUUID()
  await write(released(id, 1), released(id, 2))
  assert.deepEqual(await relay(publisher.publish), { found: 2, confirmed: 0, goOnAfter: 0 })
  assert.equal(await pending(), 2)
  const { publish, versions } = recorder()
  await relay(publish)
  assert.deepEqual(versions(), [1, 2])
})

test('only the messages of a batch that were not confirmed are tried again', async (t) => {
  const { write, relay, pending } = await station(t)
  const ids = Array.from({ length: 3 }, () => randomUUID())
  await write(...ids.map((id, i) => released(id, i + 1)))
  const first = recorder(({ headers }) =>
    headers['aggregate-version'] === 2 ? 'failed' : 'confirmed',
  )
  assert.deepEqual(await relay(first.publish), { found: 3, confirmed: 2, goOnAfter: 0 })
  assert.equal(await pending(), 1)
  const second = recorder()
  await relay(second.publish)
  assert.deepEqual(second.versions(), [2])
})

test('two transactions that commit in reverse order lose nothing', async (t) => {
  const { pool, relay, write } = await station(t)
  const { publish, versions } = recorder()
  const begun = gate()
  const open = gate()
  const slow = inTransaction(pool, async (tx) => {
    await tx.query(INSERT_MESSAGES(JSON.stringify(outboxRows([released(randomUUID(), 1)]))))
    begun.resolve()
    await open.promise
  })
  await begun.promise
  await write(released(randomUUID(), 2))
  await relay(publish)
  assert.deepEqual(versions(), [2], 'the later number is out, the earlier one not yet committed')
  open.resolve()
  await slow
  await relay(publish)
  assert.deepEqual(versions(), [2, 1])
})

test('two relays publish everything once and in order, and one takes over from the other', async (t) => {
  const { pool, write, pending, later } = await station(t)
  const { publish, seen } = recorder()
  // As long as a broker takes, so that a second relay would find the same rows.
  const slowly: typeof publish = async (messages) => {
    await pool.query('select pg_sleep(0.02)')
    return publish(messages)
  }
  const relays = [1, 2].map(() => startRelay({ pool, publish: slowly, log: silentLog }))
  for (const { stop } of relays) later.after(stop)
  const ids = Array.from({ length: 4 }, () => randomUUID())
  const writeAll = async (from: number, to: number) => {
    for (let version = from; version <= to; version++) {
      await write(...ids.map((id) => released(id, version)))
    }
  }
  await writeAll(1, 20)
  await eventually(async () => (await pending()) === 0)
  await relays[0]!.stop()
  await writeAll(21, 40)
  await eventually(async () => (await pending()) === 0)
  const expected = Array.from({ length: 40 }, (_, i) => i + 1)
  for (const id of ids) {
    const versions = seen.filter(({ aggregate }) => aggregate === id).map(({ version }) => version)
    assert.deepEqual(versions, expected)
  }
})

test('a relay whose connection was cut leads again, and still hears of new messages', async (t) => {
  const { pool, write, pending, later } = await station(t)
  const { publish } = recorder()
  later.after(startRelay({ pool, publish, log: silentLog }).stop)
  await write(released(randomUUID()))
  await eventually(async () => (await pending()) === 0)
  const { rowCount } = await pool.query(
    `select pg_terminate_backend(pid) from pg_locks
     where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())`,
  )
  assert.equal(rowCount, 1)
  await write(released(randomUUID()))
  await eventually(async () => (await pending()) === 0)
})

test('a commit wakes the relay: it does not wait for its next poll', async (t) => {
  const { pool, write, pending, later } = await station(t)
  const { publish } = recorder()
  later.after(startRelay({ pool, publish, log: silentLog, pollMs: 3_600_000 }).stop)
  for (const version of [1, 2, 3]) {
    await write(released(randomUUID(), version))
    await eventually(async () => (await pending()) === 0)
  }
})

test('a heap of messages nobody takes does not hold up the others', async (t) => {
  const { write, pending, pool, later } = await station(t)
  const stuck = randomUUID()
  await write(...Array.from({ length: 300 }, (_, i) => released(stuck, i + 1)))
  await write(released(randomUUID()))
  const { publish } = recorder(({ headers }) =>
    headers['aggregate-id'] === stuck ? 'returned' : 'confirmed',
  )
  later.after(startRelay({ pool, publish, log: silentLog }).stop)
  await eventually(async () => (await pending()) === 300)
})
