import pg from 'pg'
import type { Profile } from '../../../deploy/host/profile.ts'
import type { Secrets } from '../../../deploy/host/secrets.ts'
import { databaseUrl } from '../../../deploy/host/urls.ts'

export type Sql = (text: string, values?: unknown[]) => Promise<Record<string, unknown>[]>

/** One connection for all that is asked. */
export async function asSuperuser<T>(
  { profile, secrets }: { profile: Profile; secrets: Secrets },
  work: (sql: Sql) => Promise<T>,
  database = 'postgres',
): Promise<T> {
  const login = { user: 'restofy', password: secrets.postgres, database }
  const client = new pg.Client({ connectionString: databaseUrl(profile, login) })
  // A server that ends meanwhile fails the query, which says so.
  client.on('error', () => {})
  await client.connect()
  try {
    return await work(async (text, values) => (await client.query(text, values)).rows)
  } finally {
    await client.end()
  }
}
