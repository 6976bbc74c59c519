import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { gate } from './broker/testing-station.ts'
import { migrate } from './migrate.ts'
import { inTransaction } from './sql.ts'
import { testDatabase } from './testing.ts'

/** A database with the platform's tables, and a folder for a service's files. */
async function start(t: TestContext) {
  const { pool, databaseUrl } = await testDatabase(t)
  const directory = await mkdtemp(join(tmpdir(), 'migrations-'))
  t.after(() => rm(directory, { recursive: true }))
  return {
    pool,
    write: (name: string, sql: string) => writeFile(join(directory, name), sql),
    run: () => migrate({ databaseUrl, directory }),
    rows: async (sql: string) => (await pool.query(sql)).rows,
  }
}

test('files are applied once, in the order of their names', async (t) => {
  const { write, run, rows } = await start(t)
  await write('002-second.sql', 'insert into things values (2)')
  await write('001-first.sql', 'create table things (id int); insert into things values (1)')
  await write('notes.txt', 'no sql')
  assert.deepEqual(await run(), ['001-first.sql', '002-second.sql'])
  assert.deepEqual(await run(), [])
  await write('003-third.sql', 'insert into things values (3)')
  assert.deepEqual(await run(), ['003-third.sql'])
  assert.deepEqual(await rows('select id from things order by id'), [
    { id: 1 },
    { id: 2 },
    { id: 3 },
  ])
})

test('replicas that migrate at the same time apply each file once', async (t) => {
  const { write, run, rows } = await start(t)
  await write('001-things.sql', 'create table things (id int); insert into things values (1)')
  const applied = await Promise.all([run(), run(), run(), run()])
  assert.deepEqual(applied.flat(), ['001-things.sql'])
  assert.equal((await rows('select id from things')).length, 1)
})

test('a file that fails leaves nothing of itself, names itself, and keeps what came before', async (t) => {
  const { write, run, rows } = await start(t)
  await write('001-good.sql', 'create table good (id int)')
  await write('002-bad.sql', 'create table bad (id int); select 1 / 0')
  await write('003-later.sql', 'create table later (id int)')
  await assert.rejects(run(), /migration 002-bad\.sql failed: division by zero/)
  const tables = await rows(
    `select table_name as name from information_schema.tables
     where table_schema = 'public' and table_name in ('good', 'bad', 'later')`,
  )
  assert.deepEqual(tables, [{ name: 'good' }])
  await write('002-bad.sql', 'create table bad (id int)')
  assert.deepEqual(await run(), ['002-bad.sql', '003-later.sql'])
})

test('a file that would wait for a lock fails instead of holding up the traffic', async (t) => {
  const held = gate()
  const open = gate()
  t.after(() => open.resolve())
  const { write, run, pool } = await start(t)
  await pool.query('create table busy (id int)')
  const holding = inTransaction(pool, async (tx) => {
    await tx.query({ name: 'hold', text: 'lock table busy in access share mode', values: [] })
    held.resolve()
    await open.promise
  })
  await held.promise
  await write('001-alter.sql', 'alter table busy add column name text')
  await assert.rejects(run(), /001-alter\.sql failed: .*lock timeout/)
  open.resolve()
  await holding
  assert.deepEqual(await run(), ['001-alter.sql'])
})
