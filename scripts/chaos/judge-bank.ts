import { setTimeout as sleep } from 'node:timers/promises'
import pg, { type Pool } from 'pg'
import { startServers, startServices } from '../../deploy/host/host.ts'
import type { Secrets } from '../../deploy/host/secrets.ts'
import { appDatabaseUrl } from '../../deploy/host/urls.ts'
import { acquirer } from '../../services/acquirer/service.ts'
import { payment } from '../../services/payment/service.ts'
import { createLog } from '../../services/platform/log.ts'
import { createPool } from '../../services/platform/sql.ts'
import { isUnavailable } from '../../services/platform/unavailable.ts'
import { step } from '../report.ts'
import { type Bank, openBank } from './bank.ts'
import { type Told, useBank } from './bank-customers.ts'
import { countPending, disagrees, readBooks, readSnapshot } from './bank-ledger.ts'
import { bankVerdict } from './bank-verdict.ts'
import { type History, openHistory } from './history.ts'
import { inflict } from './inflict.ts'
import { campaignFile, endPlatform, profile } from './platform.ts'
import { seeded } from './random.ts'

const KILL_EVERY_MS = 10_000
const LOOK_EVERY_MS = 500
const RESOLVED_WITHIN_MS = 60_000

/** The verdict is red. */
export class BankDiffers extends Error {
  override name = 'BankDiffers'
}

type Size = { seed: number; operations: number; careless: boolean }

/**
 * Jepsen's bank: money is captured and given back by many at once while PostgreSQL is killed every ten
 * seconds, and readers add it up meanwhile. `careless` takes away synchronous_commit.
 */
export async function checkBank({ seed, operations, careless }: Size): Promise<void> {
  const secrets = await openServers(careless)
  const history = openHistory(campaignFile('bank'))
  const log = createLog(
    { service: 'payment', level: 'warn' },
    { write: (line) => history.tell({ op: 'log', ...JSON.parse(line) }) },
  )
  const bank = openBank(secrets, log)
  const { pool } = bank.tellers[0]
  const settings = await settingsOf(pool)
  const [told, kills, seen] = await step(`${operations} captures and refunds`, async () => {
    const over = new AbortController()
    const using = useBank(bank, operations, seeded(seed)).finally(() => over.abort())
    return Promise.all([
      using,
      killAgainAndAgain(history, over.signal),
      watch(pool, history, over.signal),
    ])
  })
  await step('settle', () => settled(bank))
  const ledger = createPool(appDatabaseUrl(profile, acquirer.name, secrets), log)
  const findings = bankVerdict(told, await readBooks(pool, ledger))
  await Promise.all([ledger.end(), bank.close()])
  const found = Object.entries(findings).map(([check, all]) => [check, all.length] as const)
  const counts = { ...countsOf(told), kills, ...seen, ...settings, ...Object.fromEntries(found) }
  history.tell({ op: 'verdict', ...counts, findings, failures: told.failures })
  console.log(JSON.stringify(counts))
  if (kills === 0)
    throw new Error('it was over before PostgreSQL was killed: a larger BANK says more')
  const [first] = [...told.failures, ...Object.values(findings).flat()]
  if (first) throw new BankDiffers(`the books are wrong, such as: ${first}`)
  if (seen.disagreed > 0) throw new BankDiffers('what was kept and what was said differed')
}

async function openServers(careless: boolean): Promise<Secrets> {
  await endPlatform(true)
  const plan = { services: [payment, acquirer], restartDelayMs: 100, step }
  const { secrets, urls } = await startServers(profile, { ...plan, servers: ['postgres'] })
  if (careless) await withoutSync(urls.postgres)
  // Nobody signs in at the card network: its callers have keys.
  const env = { JWKS_URL: 'http://127.0.0.1:9/' }
  await startServices(profile, { ...plan, services: [acquirer], env })
  return secrets
}

/** From now on PostgreSQL answers before what it has written is on disk. */
async function withoutSync(superuser: string): Promise<void> {
  const client = new pg.Client({ connectionString: superuser })
  await client.connect()
  await client.query('alter system set synchronous_commit = off')
  await client.query('select pg_reload_conf()')
  await client.end()
}

async function settingsOf(pool: Pool) {
  const { rows } = await pool.query(
    `select current_setting('fsync') as fsync,
            current_setting('synchronous_commit') as "synchronousCommit"`,
  )
  return rows[0] as { fsync: string; synchronousCommit: string }
}

async function killAgainAndAgain(history: History, over: AbortSignal): Promise<number> {
  for (let kills = 0; ; kills++) {
    await sleep(KILL_EVERY_MS, undefined, { signal: over }).catch(() => {})
    if (over.aborted) return kills
    await inflict(profile, history, { atMs: 0, target: 'postgres', what: 'kill' })
  }
}

/** Adds everything up again and again, as it is at one moment. */
async function watch(pool: Pool, history: History, over: AbortSignal) {
  const seen = { snapshots: 0, disagreed: 0 }
  while (!over.aborted) {
    const snapshot = await readSnapshot(pool).catch((error) => {
      if (!isUnavailable(error)) throw error
    })
    if (snapshot) seen.snapshots++
    if (snapshot && disagrees(snapshot)) {
      seen.disagreed++
      history.tell({ op: 'disagreed', ...snapshot })
    }
    await sleep(LOOK_EVERY_MS)
  }
  return seen
}

/** What was answered `pending` finds its end, as it does in the background of the service. */
async function settled(bank: Bank): Promise<void> {
  const deadline = Date.now() + RESOLVED_WITHIN_MS
  while (Date.now() < deadline) {
    const left = await bank.resolveAll().then(
      () => countPending(bank.tellers[0].pool),
      (error) => {
        if (!isUnavailable(error)) throw error
      },
    )
    if (left === 0) return
    await sleep(500)
  }
}

const countsOf = ({ captures, refunds, cancelled, unavailable, failures }: Told) => ({
  captured: accepted(captures),
  refunded: accepted(refunds),
  refused: captures.size + refunds.size - accepted(captures) - accepted(refunds),
  cancelled: cancelled.size,
  unavailable,
  failures: failures.length,
})

const accepted = (answers: Told['captures']): number =>
  [...answers.values()].filter(({ status }) => status === 201).length
