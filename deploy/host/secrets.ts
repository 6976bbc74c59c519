import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose'
import type { ServiceManifest } from '../../services/manifest.ts'
import type { Profile } from './profile.ts'

export type Secrets = {
  postgres: string
  rabbitmq: string
  /** What services show each other. */
  apiKey: string
  /** Per service: the role that migrates and the role that runs. */
  databases: Record<string, { owner: string; app: string }>
}

const secret = () => randomBytes(24).toString('hex')

export const secretsFile = (profile: Profile) => join(profile.dir, 'secrets/passwords.json')
export const tokenKeyFile = (profile: Profile) => join(profile.dir, 'secrets/token-key.jwk')

/** Made at the first start and kept: the data directory was initialised with them. */
export async function ensureSecrets(
  profile: Profile,
  services: readonly ServiceManifest[],
): Promise<Secrets> {
  await mkdir(join(profile.dir, 'secrets'), { recursive: true, mode: 0o700 })
  const secrets = withDatabases(await readSecrets(profile), services)
  await writeFile(secretsFile(profile), JSON.stringify(secrets, null, 2), { mode: 0o600 })
  const keyFile = tokenKeyFile(profile)
  if (!existsSync(keyFile)) await writeFile(keyFile, await newTokenKey(), { mode: 0o600 })
  return secrets
}

async function readSecrets(profile: Profile): Promise<Secrets> {
  if (existsSync(secretsFile(profile))) {
    return JSON.parse(await readFile(secretsFile(profile), 'utf8')) as Secrets
  }
  return { postgres: secret(), rabbitmq: secret(), apiKey: secret(), databases: {} }
}

/** A service that joins later gets its own passwords; nobody else's change. */
export function withDatabases(secrets: Secrets, services: readonly ServiceManifest[]): Secrets {
  const databases = { ...secrets.databases }
  for (const { name, needs } of services) {
    if (needs.includes('postgres')) databases[name] ??= { owner: secret(), app: secret() }
  }
  return { ...secrets, databases }
}

/** A private key with which access tokens are signed, as a JWK. */
export async function newTokenKey(): Promise<string> {
  const { privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true })
  const jwk = await exportJWK(privateKey)
  const kid = await calculateJwkThumbprint(jwk)
  return JSON.stringify({ ...jwk, kid, alg: 'EdDSA', use: 'sig' })
}
