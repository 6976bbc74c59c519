import { z } from 'zod'
import { origins, originsVariable, readConfig } from '#platform/config.ts'
import type { ServiceManifest } from '../manifest.ts'

export type GatewayConfig = {
  /** Where each service that has public routes is, by its name. */
  upstreams: Readonly<Record<string, string[]>>
  allowedOrigins: readonly string[]
  /** Proxies in front of the gateway: how many hops of X-Forwarded-For are ours to believe. */
  trustedHops: number
}

export function gatewayConfig(services: readonly ServiceManifest[]): GatewayConfig {
  const shape: Record<string, z.ZodType> = {
    ALLOWED_ORIGINS: z.string().default('http://localhost:3000'),
    TRUSTED_HOPS: z.coerce.number().int().min(0).default(0),
  }
  for (const { name } of services) shape[originsVariable(name)] = origins(`http://${name}…`)
  const config = readConfig(shape) as Record<string, unknown>
  return {
    upstreams: Object.fromEntries(
      services.map(({ name }) => [name, config[originsVariable(name)] as string[]]),
    ),
    allowedOrigins: (config.ALLOWED_ORIGINS as string).split(','),
    trustedHops: config.TRUSTED_HOPS as number,
  }
}
