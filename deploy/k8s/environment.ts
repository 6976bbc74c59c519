import type { Role, ServiceManifest } from '../../services/manifest.ts'
import { tracesTo } from './endpoints.ts'
import type { Inputs } from './inputs.ts'
import { METRICS_PORT } from './names.ts'

export type Variables = Record<string, string>

const urlOf = ({ name, port }: ServiceManifest): string => `http://${name}:${port}`

/** How long a pod answers `Connection: close` after SIGTERM before it stops listening. */
export const DRAIN_DELAY_MS = 3_000

/** What a process reads that is no secret; what services/platform/config.ts asks for. */
export function environmentOf(
  service: ServiceManifest,
  role: Role,
  services: readonly ServiceManifest[],
  inputs: Inputs,
): Variables {
  return {
    HOST: '0.0.0.0',
    PORT: String(service.port),
    METRICS_PORT: String(METRICS_PORT),
    ...(service.grpcPort && { GRPC_PORT: String(service.grpcPort) }),
    ROLES: role,
    ENVIRONMENT: inputs.environment,
    LOG_LEVEL: 'info',
    DRAIN_DELAY_MS: String(DRAIN_DELAY_MS),
    TOKEN_ISSUER: 'restofy',
    TOKEN_AUDIENCE: 'restofy-api',
    JWKS_URL: 'http://customer:3004/.well-known/jwks.json',
    OTEL_SERVICE_NAME: service.name,
    OTEL_EXPORTER_OTLP_ENDPOINT: tracesTo(inputs),
    NODE_OPTIONS: nodeOptions(service),
    ...neighbours(service, services),
    ...(service.name === 'gateway' && doorOf(inputs)),
    // Whoever signed the database servers' certificates is in no public list.
    ...(inputs.databases.run === 'external' && { NODE_EXTRA_CA_CERTS: AUTHORITY_FILE }),
  }
}

export const AUTHORITY_FILE = '/etc/restofy/database-authority.pem'

/** As on the host: a quarter of the memory is for what lives outside the old generation. */
function nodeOptions({ resources }: ServiceManifest): string {
  const heapMb = Math.floor(0.75 * Number.parseInt(resources.memory, 10))
  return `--max-old-space-size=${heapMb} --max-semi-space-size=4`
}

function neighbours(service: ServiceManifest, services: readonly ServiceManifest[]): Variables {
  const wanted = (overGrpc: boolean) => {
    const calls = service.calls.filter(({ rpc }) => Boolean(rpc) === overGrpc)
    return services.filter(({ name }) => calls.some((call) => call.service === name))
  }
  const routed = services.filter(({ routes }) => service.name === 'gateway' && routes.length > 0)
  const variables = [...routed, ...wanted(false)].map((neighbour) => [
    `${neighbour.name.toUpperCase()}_URL`,
    urlOf(neighbour),
  ])
  // The Services are headless: every pod has an address, and calls go round.
  const targets = wanted(true).map(({ name, grpcPort }) => [
    `${name.toUpperCase()}_GRPC`,
    `dns:///${name}:${grpcPort}`,
  ])
  return Object.fromEntries([...variables, ...targets])
}

function doorOf({ entrance }: Inputs): Variables {
  return entrance.by === 'ingress'
    ? { TRUSTED_HOPS: String(entrance.trustedHops), ALLOWED_ORIGINS: `https://${entrance.host}` }
    : {}
}
