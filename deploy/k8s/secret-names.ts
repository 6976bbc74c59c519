import type { ServiceManifest } from '../../services/manifest.ts'

export const RABBITMQ = 'rabbitmq'
export const REDIS = 'redis'
/** What services show each other. */
export const API_KEY = 'api-key'
/** The private key with which the customer service signs access tokens, as a JWK. */
export const TOKEN_KEY = 'token-key'

/** Passwords of one service's database: who makes it, who migrates it, who uses it. */
export const databaseSecrets = (service: string) => ({
  admin: `${service}-database-admin`,
  owner: `${service}-database-owner`,
  app: `${service}-database-app`,
})

/** Every secret that an environment has to hand over, by the name it has in `inputs.ts`. */
export const secretNames = (services: readonly ServiceManifest[]): string[] => [
  RABBITMQ,
  REDIS,
  API_KEY,
  TOKEN_KEY,
  ...services
    .filter(({ needs }) => needs.includes('postgres'))
    .flatMap(({ name }) => Object.values(databaseSecrets(name))),
]
