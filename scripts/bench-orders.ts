#!/usr/bin/env node
// Placing an order, the statement alone: our pool against pgbench on the same SQL, the same values, the
// same number of connections, in turns on one PostgreSQL that does nothing else. Needs nothing running.
// usage: node scripts/bench-orders.ts   (CLIENTS=16 ROUNDS=5 SECS=4)
import { execFile } from 'node:child_process'
import { globSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Pool } from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { findOnPath } from '../deploy/host/binaries.ts'
import { startServers } from '../deploy/host/host.ts'
import { testProfile } from '../deploy/host/profile.ts'
import { stopAll } from '../deploy/host/stop.ts'
import { appDatabaseUrl } from '../deploy/host/urls.ts'
import { eventMessages } from '../services/order/messages.ts'
import { apply } from '../services/order/order.ts'
import type { Saga } from '../services/order/saga.ts'
import { INSERT, insertOrder, insertValues, type NewOrder } from '../services/order/store.ts'
import { exampleMenu, placedEvent } from '../services/order/testing.ts'
import { createLog } from '../services/platform/log.ts'
import { createPool } from '../services/platform/sql.ts'
import { machine } from './machine.ts'
import { script, step } from './report.ts'

const { CLIENTS = '16', ROUNDS = '5', SECS = '4' } = process.env
const PROMISE = 0.5
const run = promisify(execFile)
const menu = exampleMenu([1_599, 950, 390])

await script(testProfile, async () => {
  const pgbench = findOnPath('pgbench') ?? globSync('/usr/lib/postgresql/*/bin/pgbench').at(-1)
  if (!pgbench) {
    console.log('SKIPPED: there is no pgbench to compare with (Debian: apt-get install postgresql)')
    return
  }
  try {
    const { secrets } = await startServers(testProfile, { servers: ['postgres'], step })
    await compare(pgbench, appDatabaseUrl(testProfile, 'order', secrets))
  } finally {
    await step('end PostgreSQL', () => stopAll(testProfile, { purge: true }))
  }
})

async function compare(pgbench: string, databaseUrl: string): Promise<void> {
  const log = createLog({ service: 'bench', level: 'warn' })
  const pool = createPool(databaseUrl, log, Number(CLIENTS))
  const folder = await mkdtemp(join(tmpdir(), 'pgbench-'))
  const theirs: number[] = []
  const ours: number[] = []
  let cpuMs = 0
  try {
    const file = join(folder, 'place.sql')
    const { sql, variables } = forPgbench()
    await writeFile(file, sql)
    await placing(pool, 1) // the compiler is warm, the statements are planned
    for (let round = 0; round < Number(ROUNDS); round++) {
      theirs.push(await ratedBy(pgbench, [`--file=${file}`, ...variables], databaseUrl))
      const before = process.cpuUsage()
      ours.push(await placing(pool, Number(SECS)))
      const { user, system } = process.cpuUsage(before)
      cpuMs += (user + system) / 1_000
    }
  } finally {
    await pool.end()
    await rm(folder, { recursive: true })
  }
  print(theirs, ours, cpuMs)
}

/** Orders per second: as many at once as there are connections. */
async function placing(pool: Pool, seconds: number): Promise<number> {
  const until = performance.now() + seconds * 1_000
  const startedAt = performance.now()
  let placed = 0
  const customer = async () => {
    while (performance.now() < until) {
      const { held, event, messages } = newOrder()
      if (!(await insertOrder(pool, { held, event, messages }))) throw new Error('not placed')
      placed++
    }
  }
  await Promise.all(Array.from({ length: Number(CLIENTS) }, customer))
  return placed / ((performance.now() - startedAt) / 1_000)
}

function newOrder(): NewOrder {
  const event = placedEvent(menu)
  const order = { ...apply(undefined, event), id: uuidv7() }
  const payment = { method: 'card', token: 'tok_ok' }
  const deadlineAt = new Date(Date.now() + 30_000)
  const saga: Saga = {
    ...{ orderId: order.id, state: 'reserve-stock', payment, undoing: [], attempt: 1, deadlineAt },
  }
  const messages = eventMessages(undefined, [event])
  return { held: { order, saga, carried: {} }, event, messages }
}

/** The same statement with the same values as parameters; only the id has to be another one each time. */
function forPgbench() {
  const { text } = INSERT()
  const values = insertValues(newOrder())
  const parameter = (n: number) => {
    if (n === 1) return 'gen_random_uuid()'
    return values[n - 1] === null ? 'null' : `:v${n}`
  }
  const sql = text.replace(/\$(\d+)/g, (_, n) => parameter(Number(n))).replace(/\s*\n\s*/g, ' ')
  const variables = values.flatMap((value, i) =>
    value === null ? [] : [`-Dv${i + 1}=${value instanceof Date ? value.toISOString() : value}`],
  )
  return { sql: `${sql};\n`, variables }
}

async function ratedBy(pgbench: string, what: string[], databaseUrl: string): Promise<number> {
  const url = new URL(databaseUrl)
  const { stdout } = await run(
    pgbench,
    [
      ...['--no-vacuum', '--protocol=prepared', '--jobs=1', ...what],
      ...[`--client=${CLIENTS}`, `--time=${SECS}`, `--host=${decodeURIComponent(url.hostname)}`],
      ...[`--port=${url.port}`, `--username=${url.username}`, url.pathname.slice(1)],
    ],
    { env: { ...process.env, PGPASSWORD: url.password } },
  )
  const tps = /tps = ([\d.]+) \(without/.exec(stdout)?.[1]
  if (!tps) throw new Error(`pgbench said nothing of its rate: ${stdout}`)
  return Number(tps)
}

function print(theirs: number[], ours: number[], cpuMs: number): void {
  const median = (rates: number[]) => rates.toSorted((a, b) => a - b)[rates.length >> 1]!
  const ratio = median(ours) / median(theirs)
  const placed = ours.reduce((sum, rate) => sum + rate * Number(SECS), 0)
  const range = (rates: number[]) => rates.map((rate) => Math.round(rate)).join(', ')
  console.log(
    `\n| placing, ${CLIENTS} connections, ${ROUNDS} rounds of ${SECS} s | per second | rounds |`,
  )
  console.log('| --- | --- | --- |')
  console.log(`| pgbench, prepared | ${Math.round(median(theirs))} | ${range(theirs)} |`)
  console.log(`| insertOrder | ${Math.round(median(ours))} | ${range(ours)} |`)
  console.log(`| ratio | ${ratio.toFixed(2)} (promised: ${PROMISE}) | |`)
  console.log(`| CPU of our process per order | ${((cpuMs / placed) * 1_000).toFixed(0)} µs | |`)
  console.log(machine())
  if (ratio < PROMISE) throw new Error(`placing reaches ${ratio.toFixed(2)} of pgbench`)
}
