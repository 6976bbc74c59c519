import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gate } from './broker/testing-station.ts'
import { type Db, inTransaction, statement } from './sql.ts'
import { eventually, testDatabase } from './testing.ts'

const insert = statement('row-insert', 'insert into rows values ($1)')
const fail = statement('row-fail', 'select 1 / 0')
const bump = statement('row-bump', 'update rows set id = id + 10 where id % 10 = $1')

/** A database with one empty table, and what is in it. */
async function table(t: Parameters<typeof testDatabase>[0]) {
  const { pool } = await testDatabase(t)
  await pool.query('create table rows (id int)')
  const ids = async () =>
    (await pool.query('select id from rows order by id')).rows.map((r) => r.id)
  const terminate = (which: string) =>
    pool.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and pid <> pg_backend_pid() and ${which}`,
    )
  return { pool, ids, terminate }
}

test('what a failed transaction wrote is gone, and its connection serves the next one', async (t) => {
  const { pool, ids } = await table(t)
  const failing = inTransaction(pool, async (tx) => {
    await tx.query(insert(1))
    throw new Error('changed my mind')
  })
  await assert.rejects(failing, /changed my mind/)
  await inTransaction(pool, (tx) => tx.query(insert(2)))
  assert.deepEqual(await ids(), [2])
  assert.equal(pool.totalCount, pool.idleCount)
})

test('a transaction one statement of which failed unheard does not pass for committed', async (t) => {
  const { pool, ids } = await table(t)
  const swallowing = inTransaction(pool, async (tx) => {
    await tx.query(insert(1))
    await tx.query(fail()).catch(() => {})
  })
  await assert.rejects(swallowing, /rolled back/)
  assert.deepEqual(await ids(), [])
})

test('serialisation failures are tried again, five times in all', async (t) => {
  const { pool, ids } = await table(t)
  let attempts = 0
  const unlucky = (times: number, code: string) =>
    inTransaction(pool, async (tx) => {
      attempts++
      await tx.query(insert(attempts))
      if (attempts <= times) throw Object.assign(new Error('again'), { code })
    })
  await unlucky(4, '40001')
  assert.equal(attempts, 5)
  assert.deepEqual(await ids(), [5])
  attempts = 0
  await assert.rejects(unlucky(5, '40P01'), { code: '40P01' })
  assert.equal(attempts, 5)
  attempts = 0
  await assert.rejects(unlucky(1, '23505'), { code: '23505' })
  assert.equal(attempts, 1, 'any other failure is final')
})

test('two transactions in a real deadlock both succeed in the end', async (t) => {
  const { pool, ids } = await table(t)
  await pool.query('insert into rows values (1), (2)')
  const [first, second] = [gate(), gate()]
  const crossing = (mine: number, theirs: number, here: typeof first, there: typeof first) =>
    inTransaction(pool, async (tx) => {
      await tx.query(bump(mine))
      here.resolve()
      await there.promise
      await tx.query(bump(theirs))
    })
  await Promise.all([crossing(1, 2, first, second), crossing(2, 1, second, first)])
  assert.deepEqual(await ids(), [21, 22])
})

test('idle connections the server ends cost nothing but a new one', async (t) => {
  const { pool, ids, terminate } = await table(t)
  await Promise.all([ids(), ids(), ids()])
  await terminate('true')
  await eventually(async () => pool.totalCount <= 1)
  assert.deepEqual(await ids(), [])
})

test('a connection the server ends inside a transaction fails that transaction, not the process', async (t) => {
  const { pool, ids, terminate } = await table(t)
  const [begun, ended] = [gate(), gate()]
  const cut = inTransaction(pool, async (tx: Db) => {
    await tx.query(insert(1))
    begun.resolve()
    await ended.promise
    await tx.query(insert(2))
  })
  const refused = assert.rejects(cut, /terminat|not queryable/i)
  await begun.promise
  await terminate(`state = 'idle in transaction'`)
  ended.resolve()
  await refused
  assert.deepEqual(await ids(), [])
  await inTransaction(pool, (tx) => tx.query(insert(3)))
  assert.deepEqual(await ids(), [3])
})
