import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { Gathered } from './gather.ts'
import { inTransaction, statement } from './sql.ts'
import { testDatabase } from './testing.ts'

type Row = { id: number }

const SAVE = statement(
  'gather-save',
  'insert into rows select id from json_to_recordset($1) as r (id int) returning id',
)
const OTHER = statement(
  'gather-other',
  'insert into others select id from json_to_recordset($1) as r (id int)',
)
const COUNT = statement('gather-count', 'select count(*) from rows')

/** Two empty tables, and how many INSERTs have been run on the first one. */
async function tables(t: TestContext) {
  const { pool } = await testDatabase(t)
  await pool.query('create table rows (id int primary key); create table others (id int)')
  await pool.query('create table inserts (at int)')
  await pool.query(`create function counted() returns trigger language plpgsql as
    $$ begin insert into inserts values (1); return null; end $$`)
  await pool.query('create trigger counted after insert on rows execute function counted()')
  const count = async (table: string) => (await pool.query(`select from ${table}`)).rowCount
  return { pool, count }
}

test('the rows of one statement are written together, and what it returned is known to all', async (t) => {
  const { pool, count } = await tables(t)
  const [first, second] = await inTransaction(pool, (tx) => {
    const one = tx.gather<Row>(SAVE, { id: 1 })
    tx.gather(OTHER, { id: 7 })
    return [one, tx.gather<Row>(SAVE, { id: 2 }, { id: 3 })]
  })
  assert.deepEqual(first!(), [{ id: 1 }, { id: 2 }, { id: 3 }])
  assert.deepEqual(second!(), first!())
  assert.deepEqual([await count('rows'), await count('others')], [3, 1])
  assert.equal(await count('inserts'), 1)
})

test('nothing is written before the end, and asking for it then says so', async (t) => {
  const { pool } = await tables(t)
  await inTransaction(pool, async (tx) => {
    const saved = tx.gather<Row>(SAVE, { id: 1 })
    assert.equal((await tx.query<{ count: number }>(COUNT())).rows[0]!.count, 0)
    assert.throws(saved, /after the commit/)
  })
})

test('a transaction that fails writes nothing it gathered', async (t) => {
  const { pool, count } = await tables(t)
  const failing = inTransaction(pool, async (tx) => {
    tx.gather(SAVE, { id: 1 })
    throw new Error('changed my mind')
  })
  await assert.rejects(failing, /changed my mind/)
  assert.equal(await count('rows'), 0)
})

test('gathered rows that the database refuses take the whole transaction with them', async (t) => {
  const { pool, count } = await tables(t)
  let saved: Gathered<Row> | undefined
  const failing = inTransaction(pool, async (tx) => {
    tx.gather(OTHER, { id: 1 })
    saved = tx.gather<Row>(SAVE, { id: 1 }, { id: 1 })
    await tx.query(COUNT())
  })
  await assert.rejects(failing, { code: '23505' })
  assert.throws(saved!, /after the commit/)
  assert.deepEqual([await count('rows'), await count('others')], [0, 0])
  await inTransaction(pool, (tx) => void tx.gather(SAVE, { id: 1 }))
  assert.equal(await count('rows'), 1, 'the connection is as good as before')
})
