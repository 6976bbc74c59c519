import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import pg from 'pg'
import { services } from '../../services/catalogue.ts'
import type { ServiceManifest } from '../../services/manifest.ts'
import { prepareDatabases } from './databases.ts'
import { testProfile } from './profile.ts'
import { type Secrets, withDatabases } from './secrets.ts'
import { appDatabaseUrl, databaseUrl, ownerDatabaseUrl } from './urls.ts'

const superuser = process.env.TEST_POSTGRES_URL
if (!superuser) throw new Error('TEST_POSTGRES_URL is not set: run `make test`')
const { password } = new URL(superuser)
const profile = testProfile

// Copies of a real service under names of their own: the test server is shared.
const suffix = randomUUID().slice(0, 8)
const toys = ['mine', 'theirs'].map(
  (name): ServiceManifest => ({ ...services[0]!, name: `${name}_${suffix}`, needs: ['postgres'] }),
)
const [mine, theirs] = toys.map(({ name }) => name) as [string, string]
const secrets: Secrets = withDatabases(
  { postgres: password, rabbitmq: '', apiKey: '', databases: {} },
  toys,
)

async function query(connectionString: string, ...statements: string[]): Promise<void> {
  const client = new pg.Client({ connectionString })
  await client.connect()
  try {
    for (const statement of statements) await client.query(statement)
  } finally {
    await client.end()
  }
}

before(async () => {
  await prepareDatabases(profile, toys, secrets)
  await query(
    ownerDatabaseUrl(profile, mine, secrets),
    'create table dishes (id serial, name text)',
  )
})

after(async () => {
  for (const name of [mine, theirs]) {
    await query(superuser, `drop database "${name}" with (force)`)
    await query(superuser, `drop role "${name}_app"`, `drop role "${name}_owner"`)
  }
})

test('the app role reads and writes what the owner made, and nothing of the schema', async () => {
  const app = appDatabaseUrl(profile, mine, secrets)
  await query(app, `insert into dishes (name) values ('soup')`, `update dishes set name = 'stew'`)
  await query(app, 'delete from dishes')
  for (const ddl of [
    'create table more ()',
    'drop table dishes',
    'truncate dishes',
    'alter table dishes add price int',
  ]) {
    await assert.rejects(query(app, ddl), /permission denied|must be owner/, ddl)
  }
})

test("no service can even connect to another service's database", async () => {
  for (const role of ['app', 'owner'] as const) {
    const url = databaseUrl(profile, {
      user: `${mine}_${role}`,
      password: secrets.databases[mine]![role],
      database: theirs,
    })
    await assert.rejects(query(url, 'select 1'), /permission denied for database/)
  }
})

test('preparing a second time changes nothing, and a new password is taken over', async () => {
  assert.deepEqual(await prepareDatabases(profile, toys, secrets), [])
  const changed = withDatabases({ ...secrets, databases: {} }, toys)
  await prepareDatabases(profile, toys, changed)
  await query(appDatabaseUrl(profile, mine, changed), 'select 1')
  await assert.rejects(query(appDatabaseUrl(profile, mine, secrets), 'select 1'), /password/)
})
