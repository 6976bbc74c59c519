// Connections to the broker whose far end is gone without a word. These wait for real heartbeats.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { eventually, silentLog } from '../testing.ts'
import { vanishing } from '../testing-vanishing.ts'
import { connectBroker } from './connection.ts'
import type { Handlers } from './consumer.ts'
import { BROKER, gate, QUEUE, station } from './testing-station.ts'

const NOTICED_WITHIN_MS = 45_000

test('what a consumer held when its machine vanished is handled by another one, with one effect', async (t) => {
  const { url, pool, connect, send, later, admin } = await station(t)
  const effects: string[] = []
  const [held, going] = [gate(), gate()]
  const vanished: Handlers = {
    'stock.released': async (_, once) => {
      held.resolve()
      await going.promise
      await once(() => void effects.push('vanished'))
    },
  }
  const living: Handlers = {
    'stock.released': (_, once) => once(() => void effects.push('living')),
  }
  const machine = await vanishing(later, url)
  const consumer = { url: machine.url, broker: BROKER, pool, log: silentLog }
  const connection = await connectBroker({ ...consumer, consumers: { [QUEUE]: vanished } })
  later.after(() => {
    going.resolve()
    return connection.stop()
  })
  await eventually(async () => connection.connected())
  send({ orderId: randomUUID() })
  await held.promise

  machine.vanish()
  await connect(living)

  await eventually(async () => effects.length === 1, NOTICED_WITHIN_MS)
  machine.comeBack()
  going.resolve()
  // It notices for itself, comes back, and is given what is new.
  await eventually(async () => connection.connected())
  await eventually(async () => (await admin.checkQueue(QUEUE)).consumerCount === 2)
  assert.deepEqual(effects, ['living'])
})
