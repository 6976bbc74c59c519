// What the outboxes of NServiceBus, MassTransit and Eventuate Tram hold themselves to, held to ours, with
// real PostgreSQL and RabbitMQ. The rest of their lists is in relay.test.ts and in broker/.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import type { Handlers } from './broker/consumer.ts'
import { groupCommit } from './broker/group-commit.ts'
import { released, station } from './broker/testing-station.ts'
import { appendMessages, type Message } from './outbox.ts'
import { relayOnce, startRelay } from './relay.ts'
import type { Db } from './sql.ts'
import { eventually, silentLog } from './testing.ts'

/** Keeps what arrived, in its order, and has one effect for each message. */
function listener() {
  const arrived: { id: string; aggregateId: string; version: number }[] = []
  const effects: number[] = []
  const handlers: Handlers = {
    'stock.released': async ({ id, aggregateId, version }, once) => {
      arrived.push({ id, aggregateId, version })
      await once(() => void effects.push(version))
    },
  }
  return { arrived, effects, handlers }
}

const answer = (orderId: string): Message => ({
  ...{ name: 'stock.committed', aggregateId: orderId, version: 1 },
  payload: { orderId },
})

test('blowing up just after dispatch: the message goes out again under its id, and has one effect', async (t) => {
  const { connect, write, relay, pool, pending } = await station(t)
  const { arrived, effects, handlers } = listener()
  const { publisher } = await connect(handlers)
  await write(released(randomUUID()))
  const dying: Db = {
    query: (statement) =>
      statement.name === 'relay-forget'
        ? Promise.reject(new Error('blown up'))
        : pool.query(statement),
  }
  await assert.rejects(relayOnce({ db: dying, publish: publisher.publish }), /blown up/)
  assert.equal(await pending(), 1)

  await relay(publisher.publish)

  await eventually(async () => arrived.length === 2)
  assert.equal(arrived[0]!.id, arrived[1]!.id)
  assert.deepEqual(effects, [1])
  assert.equal(await pending(), 0)
})

test('a handler that fails says nothing of what it was about to say; once it succeeds, it says it once', async (t) => {
  const { connect, send, pool, pending } = await station(t)
  const tries: number[] = []
  await connect({
    'stock.released': async ({ attempt, payload }, once) => {
      await once((tx) => {
        appendMessages(tx, [answer((payload as { orderId: string }).orderId)])
        if (attempt === 0) throw new Error('not yet')
      })
      tries.push(attempt)
    },
  })
  const orderId = randomUUID()
  const messageId = randomUUID()
  send({ orderId }, { messageId })
  await eventually(async () => tries.length === 1)
  send({ orderId }, { messageId })
  await eventually(async () => tries.length === 2)
  assert.equal(await pending(), 1)
  const { rows } = await pool.query('select aggregate_id from outbox')
  assert.deepEqual(rows, [{ aggregate_id: orderId }])
})

test('what a message has led to goes out, even if the message itself ends as a dead letter', async (t) => {
  const { connect, send, relay, dead, pending } = await station(t)
  const { publisher } = await connect({
    'stock.released': async ({ payload }, once) => {
      await once((tx) => appendMessages(tx, [answer((payload as { orderId: string }).orderId)]))
      throw new Error('after the commit')
    },
  })
  send({ orderId: randomUUID() }, { headers: { 'x-attempt': 24 } })
  await eventually(dead)
  assert.equal(await pending(), 1)
  await relay(publisher.publish)
  assert.equal(await pending(), 0)
})

test('one message id has one effect per queue, whoever asks and however often', async (t) => {
  const { pool } = await station(t)
  const replicas = [groupCommit(pool), groupCommit(pool)]
  const id = randomUUID()
  const effects: string[] = []
  const deliveries = ['payment.charge', 'tracking.orders'].flatMap((queue) =>
    replicas.flatMap((commit) =>
      [1, 2].map(() => commit(queue, id, () => void effects.push(queue))),
    ),
  )
  const fresh = await Promise.all(deliveries)
  assert.equal(fresh.filter(Boolean).length, 2)
  assert.deepEqual(effects.sort(), ['payment.charge', 'tracking.orders'])
})

test('eight writers, three relays that lose their lead: no consumer misses or meets an event too early', async (t) => {
  const { connect, write, pool, pending, later } = await station(t)
  const { arrived, effects, handlers } = listener()
  await connect(handlers)
  for (let replica = 0; replica < 3; replica++) {
    const { publisher } = await connect()
    later.after(startRelay({ pool, publish: publisher.publish, log: silentLog }).stop)
  }
  const VERSIONS = 25
  const orders = Array.from({ length: 40 }, () => randomUUID())
  const writer = async (own: readonly string[]) => {
    for (let version = 1; version <= VERSIONS; version++) {
      await write(...own.map((id) => released(id, version)))
    }
  }
  const shares = Array.from({ length: 8 }, (_, i) => orders.slice(i * 5, i * 5 + 5))
  const writing = Promise.all(shares.map(writer))
  for (let cut = 0; cut < 3; cut++) {
    await eventually(async () => arrived.length > (cut + 1) * 100)
    await pool.query(
      `select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory'
         and database = (select oid from pg_database where datname = current_database())`,
    )
  }
  await writing
  await eventually(async () => (await pending()) === 0, 60_000)
  await eventually(async () => effects.length === orders.length * VERSIONS, 60_000)

  const latest = new Map<string, number>()
  for (const { aggregateId, version } of arrived) {
    const before = latest.get(aggregateId) ?? 0
    assert.ok(version <= before + 1, `version ${version} came after ${before}`)
    latest.set(aggregateId, Math.max(before, version))
  }
  assert.deepEqual(new Set(latest.values()), new Set([VERSIONS]))
})
