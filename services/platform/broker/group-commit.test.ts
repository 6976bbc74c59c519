import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { type TestContext, test } from 'node:test'
import { correlationId, inContext } from '../context.ts'
import { type Db, statement } from '../sql.ts'
import { testDatabase } from '../testing.ts'
import { groupCommit } from './group-commit.ts'
import { gate } from './testing-station.ts'

const insert = statement('effect', 'insert into effects values ($1)')
const fail = statement('fail', 'select 1 / 0')

/** A group commit, and a first message that keeps it busy until `go`: what comes meanwhile is a group. */
async function start(t: TestContext) {
  const open = gate()
  t.after(() => open.resolve())
  const { pool } = await testDatabase(t)
  await pool.query('create table effects (name text)')
  const commit = groupCommit(pool)
  const busy = gate()
  const first = commit('q', randomUUID(), async () => {
    busy.resolve()
    await open.promise
  })
  await busy.promise
  const rows = async (table: string) => (await pool.query(`select * from ${table}`)).rows
  return {
    pool,
    once: (work: (tx: Db) => Promise<unknown>, id = randomUUID(), queue = 'q') =>
      commit(queue, id, async (tx) => void (await work(tx))),
    go: async () => {
      open.resolve()
      await first
    },
    effects: async () => (await rows('effects')).map(({ name }) => name).sort(),
    remembered: async () => (await rows('inbox')).length - 1,
  }
}

test('messages that wait together are committed in one transaction', async (t) => {
  const { once, go, effects } = await start(t)
  const transactions = new Set<unknown>()
  const works = ['a', 'b', 'c'].map((name) =>
    once(async (tx) => {
      transactions.add(
        (await tx.query(statement('xid', 'select txid_current() as x')())).rows[0]!.x,
      )
      await tx.query(insert(name))
    }),
  )
  await go()
  assert.deepEqual(await Promise.all(works), [true, true, true])
  assert.deepEqual(await effects(), ['a', 'b', 'c'])
  assert.equal(transactions.size, 1)
})

test('one that fails fails alone: the others of its group have their effect, once', async (t) => {
  const { once, go, effects, remembered } = await start(t)
  const good = once((tx) => tx.query(insert('good')))
  const bad = once(async (tx) => {
    await tx.query(insert('bad'))
    throw new Error('not me')
  })
  const later = once((tx) => tx.query(insert('later')))
  const refused = assert.rejects(bad, /not me/)
  await go()
  assert.deepEqual(await Promise.all([good, later]), [true, true])
  await refused
  assert.deepEqual(await effects(), ['good', 'later'])
  assert.equal(await remembered(), 2, 'the one that failed may come again')
})

test('a failed statement that one of them swallowed does not sink the others', async (t) => {
  const { once, go, effects } = await start(t)
  const good = once((tx) => tx.query(insert('good')))
  const bad = once(async (tx) => {
    await tx.query(fail()).catch(() => {})
  })
  const refused = assert.rejects(bad, /rolled back/)
  await go()
  assert.equal(await good, true)
  await refused
  assert.deepEqual(await effects(), ['good'])
})

test('two deliveries of one message have one effect, whether they meet or not', async (t) => {
  const { once, go, effects } = await start(t)
  const id = randomUUID()
  const works = [1, 2, 3].map(() => once((tx) => tx.query(insert('same')), id))
  await go()
  assert.deepEqual(await Promise.all(works), [true, false, false])
  assert.equal(await once((tx) => tx.query(insert('same')), id), false)
  assert.equal(await once((tx) => tx.query(insert('other')), id, 'other queue'), true)
  assert.deepEqual(await effects(), ['other', 'same'])
})

test('each effect runs in the context of its own message', async (t) => {
  const { once, go } = await start(t)
  const seen: unknown[] = []
  const works = ['c-1', 'c-2', 'c-3'].map((id) =>
    inContext({ correlationId: id }, () => once(async () => void seen.push(correlationId()))),
  )
  await go()
  await Promise.all(works)
  assert.deepEqual(seen, ['c-1', 'c-2', 'c-3'])
})

test('a connection lost under a group costs a second try, not an effect', async (t) => {
  const { once, go, effects, pool, remembered } = await start(t)
  let cuts = 1
  const cut = once(async (tx) => {
    await tx.query(insert('cut'))
    if (cuts-- > 0) {
      await pool.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where datname = current_database() and state = 'idle in transaction'`,
      )
    }
  })
  const other = once((tx) => tx.query(insert('other')))
  await go()
  assert.deepEqual(await Promise.all([cut, other]), [true, true])
  assert.deepEqual(await effects(), ['cut', 'other'])
  assert.equal(await remembered(), 2)
})

test('more messages than fit into one group are all handled', async (t) => {
  const { once, go, effects, remembered } = await start(t)
  const works = Array.from({ length: 100 }, (_, i) => once((tx) => tx.query(insert(String(i)))))
  await go()
  assert.ok((await Promise.all(works)).every(Boolean))
  assert.equal((await effects()).length, 100)
  assert.equal(await remembered(), 100)
})
