import type { ServiceManifest } from '../../services/manifest.ts'
import { brokerUrl, cacheUrl, databaseUrl } from './endpoints.ts'
import type { Inputs } from './inputs.ts'
import { API_KEY, databaseSecrets, RABBITMQ, REDIS, TOKEN_KEY } from './secret-names.ts'

/** One file made of one secret: the secret itself, or a text with it, escaped for a URL, where `{}` stands. */
export type SecretFile = { secret: string; text?: string }
export type SecretFiles = Record<string, SecretFile>

/** What the processes of a service read from files, by the variable that names the file. */
export function serviceSecrets(service: ServiceManifest, inputs: Inputs): SecretFiles {
  const { needs, name } = service
  return {
    SERVICE_API_KEY: { secret: API_KEY },
    ...(needs.includes('postgres') && {
      DATABASE_URL: {
        secret: databaseSecrets(name).app,
        text: databaseUrl(inputs, name, { user: `${name}_app`, database: name }),
      },
    }),
    ...(needs.includes('rabbitmq') && {
      RABBITMQ_URL: { secret: RABBITMQ, text: brokerUrl(inputs) },
    }),
    ...(needs.includes('redis') && { REDIS_URL: { secret: REDIS, text: cacheUrl(inputs) } }),
    ...(name === 'customer' && { TOKEN_KEY: { secret: TOKEN_KEY } }),
  }
}

/** What makes and migrates a service's database; its running pods never see it. */
export function migrationSecrets({ name }: ServiceManifest, inputs: Inputs): SecretFiles {
  const { admin, owner, app } = databaseSecrets(name)
  return {
    ADMIN_DATABASE_URL: {
      secret: admin,
      text: databaseUrl(inputs, name, { database: 'postgres' }),
    },
    OWNER_PASSWORD: { secret: owner },
    APP_PASSWORD: { secret: app },
  }
}
