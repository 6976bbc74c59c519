import { join } from 'node:path'
import pg from 'pg'
import type { ServiceManifest } from '../../services/manifest.ts'
import { migrate } from '../../services/platform/migrate.ts'
import { type Profile, ROOT } from './profile.ts'
import type { Secrets } from './secrets.ts'
import { databaseUrl, ownerDatabaseUrl } from './urls.ts'

type Passwords = Secrets['databases'][string]

const withDatabase = (services: readonly ServiceManifest[]): string[] =>
  services.filter(({ needs }) => needs.includes('postgres')).map(({ name }) => name)

const LOGIN = 'login nosuperuser nocreatedb nocreaterole'

/** Run on the server: the two roles of one service. Repeatable, so that a lost password is mended. */
export function roleStatements(service: string, passwords: Passwords, existing: Set<string>) {
  return (['owner', 'app'] as const).map((role) => {
    const name = `${service}_${role}`
    const verb = existing.has(name) ? 'alter' : 'create'
    return `${verb} role "${name}" ${LOGIN} password '${passwords[role]}'`
  })
}

/** Run inside the service's database, as superuser. The app role has no DDL; other services' roles cannot even connect. */
export const grantStatements = (service: string): string[] => [
  `revoke all on database "${service}" from public`,
  `grant connect on database "${service}" to "${service}_app"`,
  `grant usage on schema public to "${service}_app"`,
  `alter default privileges for role "${service}_owner" in schema public
     grant select, insert, update, delete on tables to "${service}_app"`,
  `alter default privileges for role "${service}_owner" in schema public
     grant usage, select on sequences to "${service}_app"`,
]

/** Makes each service's database and roles, then migrates it as its owner. Returns what was applied. */
export async function prepareDatabases(
  profile: Profile,
  services: readonly ServiceManifest[],
  secrets: Secrets,
): Promise<string[]> {
  const names = withDatabase(services)
  await asSuperuser(profile, secrets, 'postgres', (client) => createAll(client, names, secrets))
  const applied = await Promise.all(
    names.map(async (service) => {
      await asSuperuser(profile, secrets, service, async (client) => {
        for (const statement of grantStatements(service)) await client.query(statement)
      })
      const files = await migrate({
        databaseUrl: ownerDatabaseUrl(profile, service, secrets),
        directory: join(ROOT, 'services', service, 'migrations'),
      })
      return files.map((file) => `${service}: ${file}`)
    }),
  )
  return applied.flat()
}

async function createAll(client: pg.Client, services: string[], secrets: Secrets): Promise<void> {
  const roles = await namesIn(client, 'select rolname as name from pg_roles')
  const databases = await namesIn(client, 'select datname as name from pg_database')
  for (const service of services) {
    for (const statement of roleStatements(service, secrets.databases[service]!, roles)) {
      await client.query(statement)
    }
    if (databases.has(service)) continue
    await client.query(`create database "${service}" owner "${service}_owner"`)
  }
}

async function namesIn(client: pg.Client, sql: string): Promise<Set<string>> {
  const { rows } = await client.query<{ name: string }>(sql)
  return new Set(rows.map(({ name }) => name))
}

async function asSuperuser(
  profile: Profile,
  secrets: Secrets,
  database: string,
  work: (client: pg.Client) => Promise<void>,
): Promise<void> {
  const connectionString = databaseUrl(profile, {
    user: 'restofy',
    password: secrets.postgres,
    database,
  })
  const client = new pg.Client({ connectionString })
  await client.connect()
  try {
    await work(client)
  } finally {
    await client.end()
  }
}
