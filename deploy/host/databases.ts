import { join } from 'node:path'
import type { ServiceManifest } from '../../services/manifest.ts'
import { prepareDatabase } from '../../services/platform/database.ts'
import { migrate } from '../../services/platform/migrate.ts'
import { type Profile, ROOT } from './profile.ts'
import type { Secrets } from './secrets.ts'
import { databaseUrl, ownerDatabaseUrl } from './urls.ts'

/** Makes each service's database and roles, then migrates it as its owner. Returns what was applied. */
export async function prepareDatabases(
  profile: Profile,
  services: readonly ServiceManifest[],
  secrets: Secrets,
): Promise<string[]> {
  const admin = databaseUrl(profile, {
    user: 'restofy',
    password: secrets.postgres,
    database: 'postgres',
  })
  const applied = await Promise.all(
    services
      .filter(({ needs }) => needs.includes('postgres'))
      .map(async ({ name }) => {
        await prepareDatabase(admin, name, secrets.databases[name]!)
        const files = await migrate({
          databaseUrl: ownerDatabaseUrl(profile, name, secrets),
          directory: join(ROOT, 'services', name, 'migrations'),
        })
        return files.map((file) => `${name}: ${file}`)
      }),
  )
  return applied.flat()
}
