import type { ServiceManifest } from '../../services/manifest.ts'
import type { Instances } from './instances.ts'
import { grpcPort, grpcTarget, metricsPort, servicePort, serviceUrls } from './ports.ts'
import type { ProcessDefinition } from './process.ts'
import { type Profile, ROOT } from './profile.ts'
import { type Secrets, tokenKeyFile } from './secrets.ts'
import { logFile } from './supervisor.ts'
import { appDatabaseUrl, serverUrls } from './urls.ts'

export type ServicePlan = {
  profile: Profile
  services: readonly ServiceManifest[]
  secrets: Secrets
  instances: Instances
  /** Path of the Node that runs the services. */
  node: string
  version: string
  /** Added to every service's environment. */
  env?: Readonly<Record<string, string>>
  /** Digest of what each service runs, by name. */
  revisions?: ReadonlyMap<string, string>
}

const REGISTER = './services/platform/telemetry/register.ts'

export const processName = (service: string, instance: number): string =>
  instance === 1 ? service : `${service}-${instance}`

export function serviceProcesses(plan: ServicePlan): ProcessDefinition[] {
  return plan.services.flatMap((service) =>
    Array.from({ length: plan.instances[service.name] ?? 1 }, (_, index) =>
      serviceProcess(plan, service, index + 1),
    ),
  )
}

function serviceProcess(
  plan: ServicePlan,
  service: ServiceManifest,
  instance: number,
): ProcessDefinition {
  // The rest of the memory is for what lives outside the old generation: buffers, code, stacks.
  const heapMb = Math.floor(0.75 * Number.parseInt(service.resources.memory, 10))
  return {
    name: processName(service.name, instance),
    command: plan.node,
    args: [
      `--max-old-space-size=${heapMb}`,
      // With the default of 16 a service holds 50 MB of dead young objects, and collects them no more cheaply.
      '--max-semi-space-size=4',
      // Helper threads of the collector wait for a core that another service has, and its main thread for
      // them: without them the slowest percent of POST /orders took 98 ms instead of 156.
      '--single-threaded-gc',
      '--import',
      REGISTER,
      `services/${service.name}/main.ts`,
    ],
    cwd: ROOT,
    env: environmentOf(plan, service, instance),
    ports: [
      servicePort(service, plan.profile, instance),
      metricsPort(service, plan.profile, instance),
      ...[grpcPort(service, plan.profile, instance) ?? []].flat(),
    ],
    // Time to drain: a service that gets SIGTERM finishes its requests and messages first.
    killTimeoutMs: 15_000,
    // EX_CONFIG: starting again would not mend its configuration.
    finalExitCodes: [78],
    revision: plan.revisions?.get(service.name),
  }
}

function environmentOf(
  plan: ServicePlan,
  service: ServiceManifest,
  instance: number,
): Record<string, string> {
  const { profile, secrets } = plan
  const { otlp, rabbitmq, redis } = serverUrls(profile, secrets)
  return {
    HOST: '127.0.0.1',
    PORT: String(servicePort(service, profile, instance)),
    METRICS_PORT: String(metricsPort(service, profile, instance)),
    ...(service.grpcPort && { GRPC_PORT: String(grpcPort(service, profile, instance)) }),
    ROLES: service.roles.join(','),
    ENVIRONMENT: 'host',
    VERSION: plan.version,
    LOG_LEVEL: 'info',
    // Past the supervisor, which would copy every line once more.
    LOG_FILE: logFile(profile, processName(service.name, instance)),
    OTEL_SERVICE_NAME: service.name,
    OTEL_EXPORTER_OTLP_ENDPOINT: otlp,
    TOKEN_ISSUER: 'restofy',
    TOKEN_AUDIENCE: 'restofy-api',
    SERVICE_API_KEY: secrets.apiKey,
    ...(service.needs.includes('postgres') && {
      DATABASE_URL: appDatabaseUrl(profile, service.name, secrets),
    }),
    ...(service.needs.includes('rabbitmq') && { RABBITMQ_URL: rabbitmq }),
    ...(service.needs.includes('redis') && { REDIS_URL: redis }),
    ...(service.name === 'customer' && { TOKEN_KEY_FILE: tokenKeyFile(profile) }),
    ...jwks(plan),
    ...neighbours(plan, service),
    ...plan.env,
  }
}

function jwks({ services, profile }: ServicePlan): Record<string, string> {
  const customer = services.find(({ name }) => name === 'customer')
  if (!customer) return {}
  return { JWKS_URL: `${serviceUrls(customer, profile)[0]}/.well-known/jwks.json` }
}

function neighbours(plan: ServicePlan, service: ServiceManifest): Record<string, string> {
  const { profile, instances } = plan
  const called = (overGrpc: boolean) =>
    service.calls.filter(({ rpc }) => Boolean(rpc) === overGrpc).map((call) => call.service)
  const find = (names: readonly string[]) =>
    plan.services.filter(({ name }) => names.includes(name))
  const routed = plan.services.filter(
    ({ routes }) => service.name === 'gateway' && routes.length > 0,
  )
  const http = [...routed, ...find(called(false))].map((neighbour) => [
    `${neighbour.name.toUpperCase()}_URL`,
    serviceUrls(neighbour, profile, instances[neighbour.name]).join(','),
  ])
  const grpc = find(called(true)).map((neighbour) => [
    `${neighbour.name.toUpperCase()}_GRPC`,
    grpcTarget(neighbour, profile, instances[neighbour.name]),
  ])
  return Object.fromEntries([...http, ...grpc])
}
