import { execFile } from 'node:child_process'
import { appendFile, mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { serverPorts } from '../../../deploy/host/ports.ts'
import { dataDirectory, isRoot } from '../../../deploy/host/postgres.ts'
import type { Profile } from '../../../deploy/host/profile.ts'
import type { Secrets } from '../../../deploy/host/secrets.ts'
import type { Sql } from './superuser.ts'

const run = promisify(execFile)

/** Of the running server alone, or to come anew from it: logs, slots, locks and sockets. */
const OWN = /^(postmaster\.(pid|opts)|pg_wal|pg_replslot|\.s\.PGSQL\..*)$/

type Copy = { profile: Profile; to: string; name: string; secrets: Secrets; sql: Sql }

/** What pg_basebackup does, which does not come with the npm package: a data directory that follows this one. */
export async function copyPrimary({ profile, to, name, secrets, sql }: Copy): Promise<void> {
  // What is written from now on is kept until the standby has it.
  await sql(`select pg_create_physical_replication_slot('${name}', true)`)
  await sql(`select pg_backup_start('${name}', true)`)
  await run('cp', ['--archive', dataDirectory(profile), to])
  const [backup] = await sql('select labelfile from pg_backup_stop(false)')
  for (const file of await readdir(to)) {
    if (OWN.test(file)) await rm(join(to, file), { recursive: true })
  }
  for (const folder of ['pg_wal', 'pg_replslot']) await mkdir(join(to, folder), { mode: 0o700 })
  await writeFile(join(to, 'backup_label'), String(backup!.labelfile))
  await writeFile(join(to, 'standby.signal'), '')
  const login = `user=restofy password=${secrets.postgres} application_name=${name}`
  await appendFile(
    join(to, 'postgresql.auto.conf'),
    `primary_conninfo = 'host=127.0.0.1 port=${serverPorts(profile).postgres} ${login}'
primary_slot_name = '${name}'\n`,
  )
  if (isRoot()) await run('chown', ['--recursive', 'postgres:postgres', to])
}
