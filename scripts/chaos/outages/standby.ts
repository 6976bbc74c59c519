import { renameSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { findBinaries } from '../../../deploy/host/binaries.ts'
import { familyOf } from '../../../deploy/host/memory.ts'
import { dataDirectory, isRoot, postgresProcess } from '../../../deploy/host/postgres.ts'
import { isAlive } from '../../../deploy/host/proc.ts'
import type { Profile } from '../../../deploy/host/profile.ts'
import { waitServers } from '../../../deploy/host/ready.ts'
import {
  converge,
  removeProcesses,
  restartProcess,
  startedProcesses,
  stopProcess,
} from '../../../deploy/host/supervisor.ts'
import { postmaster } from '../inflict.ts'
import { copyPrimary } from './copy-primary.ts'
import type { Scene } from './outage.ts'
import { asSuperuser, type Sql } from './superuser.ts'

const NAME = 'standby'
const FOLLOWS_WITHIN_MS = 30_000

/** Beside the primary, and one port further on. */
const beside = ({ dir, offset }: Profile): Profile => ({
  dir: join(dir, 'standby'),
  offset: offset + 1,
})

/** A second PostgreSQL that follows the first, which from now on confirms nothing that both do not have. */
export async function startStandby({ profile, secrets }: Scene): Promise<void> {
  const place = beside(profile)
  await mkdir(place.dir, { recursive: true })
  await asSuperuser({ profile, secrets }, async (sql) => {
    await copyPrimary({ profile, to: dataDirectory(place), name: NAME, secrets, sql })
    const standby = { ...postgresProcess(place, findBinaries(), isRoot()), name: NAME }
    await converge(profile, 'servers', [...(await startedProcesses(profile, 'servers')), standby])
    await until(sql, 'state', 'streaming')
    await sql(`alter system set synchronous_standby_names = '${NAME}'`)
    await sql('select pg_reload_conf()')
    await until(sql, 'sync_state', 'sync')
  })
}

async function until(sql: Sql, column: string, value: string): Promise<void> {
  const deadline = Date.now() + FOLLOWS_WITHIN_MS
  for (;;) {
    const [row] = await sql(`select ${column} as value from pg_stat_replication`)
    if (row?.value === value) return
    if (Date.now() > deadline) throw new Error(`the standby's ${column} is ${row?.value}`)
    await sleep(100)
  }
}

/** Its machine is gone: every process at once, and all that was on its disk. */
export async function losePrimary({ profile, history }: Scene): Promise<void> {
  const directory = dataDirectory(profile)
  for (const pid of familyOf([postmaster(profile)])) if (isAlive(pid)) process.kill(pid, 'SIGKILL')
  history.tell({ op: 'lost' })
  // At once, or the supervisor would start it again with what it had.
  renameSync(directory, `${directory}.lost`)
  await stopProcess(profile, 'postgres')
  await rm(`${directory}.lost`, { recursive: true })
}

/** The standby becomes the primary, and then answers at its address. */
export async function takeOver({ profile, secrets }: Scene): Promise<void> {
  const standby = beside(profile)
  await asSuperuser({ profile: standby, secrets }, (sql) => sql('select pg_promote()'))
  await removeProcesses(profile, [NAME])
  await rename(dataDirectory(standby), dataDirectory(profile))
  await restartProcess(profile, 'postgres')
  await waitServers(profile, secrets, ['postgres'])
}
