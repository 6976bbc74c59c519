import pg from 'pg'

export type Passwords = { owner: string; app: string }

const LOGIN = 'login nosuperuser nocreatedb nocreaterole'

/** Run on the server: the two roles of one service. Repeatable, so that a lost password is mended. */
export function roleStatements(service: string, passwords: Passwords, existing: Set<string>) {
  return (['owner', 'app'] as const).map((role) => {
    const name = `${service}_${role}`
    // Who is not a superuser may make a role without these rights, but not take them from one.
    const verb = existing.has(name) ? `alter role "${name}"` : `create role "${name}" ${LOGIN}`
    return `${verb} password '${passwords[role]}'`
  })
}

/** Run inside the service's database. The app role has no DDL; other services' roles cannot even connect. */
export const grantStatements = (service: string): string[] => [
  `revoke all on database "${service}" from public`,
  `grant connect on database "${service}" to "${service}_app"`,
  `grant usage on schema public to "${service}_app"`,
  `alter default privileges for role "${service}_owner" in schema public
     grant select, insert, update, delete on tables to "${service}_app"`,
  `alter default privileges for role "${service}_owner" in schema public
     grant usage, select on sequences to "${service}_app"`,
]

/** Makes what is missing of one service's database and roles. `adminUrl` may make both; its path is replaced. */
export async function prepareDatabase(
  adminUrl: string,
  service: string,
  passwords: Passwords,
): Promise<void> {
  await connected(adminUrl, 'postgres', async (client) => {
    // Two at once would both find something missing, and one of them fail to make it.
    await client.query(`select pg_advisory_lock(hashtext('restofy.databases'))`)
    const roles = await namesIn(client, 'select rolname as name from pg_roles')
    for (const statement of roleStatements(service, passwords, roles)) await client.query(statement)
    const databases = await namesIn(client, 'select datname as name from pg_database')
    if (databases.has(service)) return
    // Only a member of a role may give it a database; a superuser counts as one.
    await client.query(`grant "${service}_owner" to current_user`)
    await client.query(`create database "${service}" owner "${service}_owner"`)
  })
  await connected(adminUrl, service, async (client) => {
    for (const statement of grantStatements(service)) await client.query(statement)
  })
}

async function namesIn(client: pg.Client, sql: string): Promise<Set<string>> {
  const { rows } = await client.query<{ name: string }>(sql)
  return new Set(rows.map(({ name }) => name))
}

async function connected(
  adminUrl: string,
  database: string,
  work: (client: pg.Client) => Promise<void>,
): Promise<void> {
  const url = new URL(adminUrl)
  url.pathname = `/${database}`
  const client = new pg.Client({ connectionString: url.href })
  await client.connect()
  try {
    await work(client)
  } finally {
    await client.end()
  }
}
