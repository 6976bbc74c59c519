// What a leading relay holds while it does nothing, and what it does when it wakes up. These wait for the
// real lease, a quarter of a minute each.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import type { Handlers } from './broker/consumer.ts'
import { gate, released, station } from './broker/testing-station.ts'
import { startRelay } from './relay.ts'
import { createPool } from './sql.ts'
import { eventually, silentLog } from './testing.ts'
import { vanishing } from './testing-vanishing.ts'

const TAKEN_OVER_WITHIN_MS = 45_000

/** Keeps the versions that arrived, and those that had an effect. */
function listener() {
  const arrived: number[] = []
  const effects: number[] = []
  const handlers: Handlers = {
    'stock.released': async ({ version }, once) => {
      arrived.push(version)
      await once(() => void effects.push(version))
    },
  }
  return { arrived, effects, handlers }
}

test('when the machine of the leading relay vanishes, another relay takes over', async (t) => {
  const { databaseUrl, pool, connect, write, pending, later } = await station(t)
  const { effects, handlers } = listener()
  const { publisher } = await connect(handlers)
  const machine = await vanishing(later, databaseUrl)
  const itsPool = createPool(machine.url, silentLog)
  later.after(() => itsPool.end())
  const relay = { publish: publisher.publish, log: silentLog }
  later.after(startRelay({ ...relay, pool: itsPool }).stop)
  const id = randomUUID()
  await write(released(id, 1))
  await eventually(async () => (await pending()) === 0)

  machine.vanish()
  later.after(startRelay({ ...relay, pool }).stop)
  await write(released(id, 2))

  await eventually(async () => (await pending()) === 0, TAKEN_OVER_WITHIN_MS)
  await eventually(async () => effects.length === 2)
  assert.deepEqual(effects, [1, 2])
})

test('a relay that stood still until another one took over says nothing that has a second effect', async (t) => {
  const { pool, connect, write, pending, later } = await station(t)
  const { arrived, effects, handlers } = listener()
  const { publisher } = await connect(handlers)
  const [standing, moving] = [gate(), gate()]
  const still: typeof publisher.publish = async (messages) => {
    standing.resolve()
    await moving.promise
    return publisher.publish(messages)
  }
  const zombie = startRelay({ pool, publish: still, log: silentLog })
  later.after(() => {
    moving.resolve()
    return zombie.stop()
  })
  const id = randomUUID()
  await write(released(id, 1), released(id, 2))
  await standing.promise

  later.after(startRelay({ pool, publish: publisher.publish, log: silentLog }).stop)
  await write(released(id, 3))
  await eventually(async () => (await pending()) === 0, TAKEN_OVER_WITHIN_MS)
  await eventually(async () => effects.length === 3)
  moving.resolve()

  await eventually(async () => arrived.length === 5)
  assert.deepEqual(arrived, [1, 2, 3, 1, 2])
  assert.deepEqual(effects, [1, 2, 3])
})
