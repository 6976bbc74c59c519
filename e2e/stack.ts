import { readFile } from 'node:fs/promises'
import pg from 'pg'
import { eventually } from '#platform/testing.ts'
import { serverPorts } from '../deploy/host/ports.ts'
import { hostProfile } from '../deploy/host/profile.ts'
import { secretsFile } from '../deploy/host/secrets.ts'
import { listProcesses } from '../deploy/host/supervisor.ts'
import { ownerDatabaseUrl } from '../deploy/host/urls.ts'

/** The installation behind the gateway: its processes and servers. Only for tests that need to break or read it. */
export const profile = hostProfile(process.env)
export const ports = serverPorts(profile)

/** Kills a process as a crash would, and returns once its supervisor has another one running. */
export async function crash(name: string): Promise<void> {
  const before = await find(name)
  process.kill(before.pid, 'SIGKILL')
  await eventually(async () => (await find(name)).pid !== before.pid, 60_000)
}

export async function signal(name: string, what: NodeJS.Signals): Promise<void> {
  process.kill((await find(name)).pid, what)
}

/** One statement in a service's database, as its owner. */
export async function inDatabase(service: string, sql: string, ...values: unknown[]) {
  const secrets = JSON.parse(await readFile(secretsFile(profile), 'utf8'))
  const client = new pg.Client({ connectionString: ownerDatabaseUrl(profile, service, secrets) })
  await client.connect()
  try {
    return (await client.query(sql, values)).rows
  } finally {
    await client.end()
  }
}

/** How many messages of a service the broker has not confirmed. */
export const outboxOf = async (service: string): Promise<number> =>
  (await inDatabase(service, 'select id from outbox')).length

/** By name; a process that was started again has another one. */
export async function pids(names: readonly string[]): Promise<Record<string, number>> {
  const running = await listProcesses(profile)
  const found = running.filter(({ name }) => names.includes(name))
  return Object.fromEntries(found.map(({ name, pid }) => [name, pid]))
}

async function find(name: string) {
  const found = (await listProcesses(profile)).find((process) => process.name === name)
  if (!found?.pid) throw new Error(`${name} is not running`)
  return found
}
