import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'

const PLATFORM = new URL('./migrations/', import.meta.url).pathname

/**
 * Brings one database up to date: the platform's own files, then the service's, each once and in its
 * own transaction, under an advisory lock so that replicas may race. Returns what was applied.
 */
export async function migrate(target: {
  databaseUrl: string
  directory: string
}): Promise<string[]> {
  const client = new pg.Client({ connectionString: target.databaseUrl })
  await client.connect()
  try {
    await client.query(`select pg_advisory_lock(hashtext('restofy.migrate'))`)
    await client.query(
      `create table if not exists schema_migrations
         (name text primary key, applied_at timestamptz not null default now())`,
    )
    const applied: string[] = []
    for (const [prefix, folder] of [
      ['platform/', PLATFORM],
      ['', target.directory],
    ] as const) {
      for (const file of await sqlFiles(folder)) {
        if (await apply(client, prefix + file, join(folder, file))) applied.push(prefix + file)
      }
    }
    return applied
  } finally {
    await client.end()
  }
}

async function sqlFiles(folder: string): Promise<string[]> {
  const files = await readdir(folder).catch(() => [])
  return files.filter((file) => file.endsWith('.sql')).sort()
}

async function apply(client: pg.Client, name: string, path: string): Promise<boolean> {
  const { rowCount } = await client.query('select 1 from schema_migrations where name = $1', [name])
  if (rowCount) return false
  await client.query('begin')
  try {
    // A migration that has to wait for a lock would queue all traffic behind it: fail instead.
    await client.query(`set local lock_timeout = '2s'`)
    await client.query(await readFile(path, 'utf8'))
    await client.query('insert into schema_migrations (name) values ($1)', [name])
    await client.query('commit')
  } catch (error) {
    await client.query('rollback')
    throw new Error(`migration ${name} failed: ${(error as Error).message}`, { cause: error })
  }
  return true
}
