import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ServiceManifest } from '../../services/manifest.ts'
import type { Profile } from '../host/profile.ts'
import { newTokenKey } from '../host/secrets.ts'
import { secretNames, TOKEN_KEY } from '../k8s/secret-names.ts'
import { kindFolder } from './cluster.ts'

const secret = () => randomBytes(24).toString('hex')

/** Made once per cluster: the databases were initialised with them. A service that joins gets its own. */
export async function ensureValues(
  profile: Profile,
  services: readonly ServiceManifest[],
): Promise<Record<string, string>> {
  const file = join(kindFolder(profile), 'secrets.json')
  const values: Record<string, string> = existsSync(file)
    ? JSON.parse(await readFile(file, 'utf8'))
    : { [TOKEN_KEY]: await newTokenKey() }
  const names = secretNames(services)
  const isAdmin = (name: string) => name.endsWith('-database-admin')
  // One server holds all databases, so all of its admins are one.
  const admin = Object.entries(values).find(([name]) => isAdmin(name))?.[1] ?? secret()
  for (const name of names) values[name] ??= isAdmin(name) ? admin : secret()
  await writeFile(file, JSON.stringify(values, null, 2), { mode: 0o600 })
  return values
}
