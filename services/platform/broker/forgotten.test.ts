import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { eventually, makeVhost, silentLog, testManagement } from '../testing.ts'
import { connectBroker } from './connection.ts'
import { BROKER, dropConnections, station } from './testing-station.ts'

/** A service with a memory; since when it was asked to say things again. */
async function start(t: TestContext, failures = 0) {
  const { pool, url, vhost, later } = await station(t)
  const asked: Date[] = []
  const sayAgain = async (since: Date) => {
    asked.push(since)
    if (asked.length <= failures) throw new Error('the database is away')
  }
  const marked = async () =>
    (await testManagement('GET', `/api/exchanges/${vhost}`)).some(
      ({ name }: { name: string }) => name === 'restofy.met.shop',
    )
  const connection = await connectBroker({
    ...{ url, pool, broker: BROKER, consumers: {}, log: silentLog },
    memory: { service: 'shop', sayAgain },
  })
  later.after(connection.stop)
  await eventually(marked)
  const lose = async () => {
    await testManagement('DELETE', `/api/vhosts/${vhost}`)
    await eventually(async () => !connection.connected())
    await makeVhost(vhost)
    await eventually(async () => connection.connected())
  }
  return { pool, vhost, asked, marked, lose, connection }
}

test('a broker that has lost its memory is told again, from the first meeting on, each time once', async (t) => {
  const { pool, vhost, asked, marked, lose, connection } = await start(t)
  assert.equal(asked.length, 0, 'nothing was lost before they met')
  const { rows } = await pool.query('select met_at from broker_met')

  await lose()
  await eventually(marked)
  assert.deepEqual(asked, [rows[0].met_at])

  await dropConnections(vhost).catch(() => {}) // fewer than two, once the test's own is gone
  await eventually(async () => connection.connected())
  assert.equal(asked.length, 1, 'a lost connection alone has lost nothing')

  await pool.query(`update broker_met set met_at = now() - interval '3 hours'`)
  await lose()
  await eventually(marked)
  assert.ok(Date.now() - asked[1]!.getTime() < 3_700_000, 'an hour is enough')
})

test('what could not be said again is said again later', async (t) => {
  const { asked, marked, lose } = await start(t, 1)
  await lose()
  await eventually(marked)
  assert.equal(asked.length, 2)
})
