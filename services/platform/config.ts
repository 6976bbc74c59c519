import { readFileSync } from 'node:fs'
import { z } from 'zod'
import type { Call, ServiceManifest } from '../manifest.ts'

/** The environment is wrong: one message that names every mistake, so that one restart mends them all. */
export class ConfigError extends Error {
  override name = 'ConfigError'
}

export type Environment = Record<string, string | undefined>

/**
 * Reads and freezes a process's configuration. `X_FILE` stands for a file that holds `X`, the form
 * in which orchestrators mount secrets. Throws `ConfigError` with every problem in one message.
 */
export function readConfig<Shape extends z.ZodRawShape>(
  shape: Shape,
  env: Environment = process.env,
): Readonly<z.infer<z.ZodObject<Shape>>> {
  const values: Environment = {}
  const problems: string[] = []
  for (const name of Object.keys(shape)) {
    try {
      values[name] = readVariable(name, env)
    } catch (error) {
      problems.push(`${name}_FILE: ${(error as Error).message}`)
    }
  }
  const result = z.object(shape).safeParse(values)
  if (!result.success) {
    problems.push(
      ...result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`),
    )
  }
  if (problems.length > 0) throw new ConfigError(`configuration:\n  ${problems.join('\n  ')}`)
  return Object.freeze(result.data!)
}

function readVariable(name: string, env: Environment): string | undefined {
  const file = env[`${name}_FILE`]
  // An empty variable is a forgotten one, not an empty value.
  return env[name] || (file ? readFileSync(file, 'utf8').trim() : undefined)
}

const required = (what: string) => z.string({ error: `is not set (${what})` })
const port = (what: string) =>
  z.coerce
    .number({ error: `is not a port (${what})` })
    .int()
    .min(0)
    .max(65_535)

export const origins = (what: string) =>
  required(what)
    .transform((list) => list.split(','))
    .pipe(z.array(z.url({ protocol: /^https?$/ }).transform((url) => new URL(url).origin)))

export const originsVariable = (service: string) => `${service.toUpperCase()}_URL`
export const targetVariable = (service: string) => `${service.toUpperCase()}_GRPC`

type Calls = Pick<ServiceManifest, 'calls'>
export const overHttp = ({ calls }: Calls) => calls.filter(({ rpc }) => rpc === undefined)
export const overGrpc = ({ calls }: Calls) =>
  calls.flatMap(({ rpc, ...call }) => (rpc === undefined ? [] : [{ ...call, rpc }]))

const BASE = {
  PORT: port('where this service listens'),
  METRICS_PORT: port('where Prometheus scrapes it'),
  HOST: z.string().default('127.0.0.1'),
  ROLES: z
    .string()
    .default('http,worker')
    .transform((roles) => roles.split(',')),
  ENVIRONMENT: z.string().default('host'),
  VERSION: z.string().default('0.0.0'),
  /** Where log lines go; standard output when unset. */
  LOG_FILE: z.string().optional(),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error']).default('info'),
  /** Faults on purpose, see `failpoint.ts`; refused in production. */
  FAILPOINTS: z.string().optional(),
  FAILPOINT_HITS: z.string().optional(),
  DRAIN_DELAY_MS: z.coerce.number().int().min(0).default(0),
  JWKS_URL: required("the customer service's /.well-known/jwks.json").pipe(z.url()),
  TOKEN_ISSUER: required('who signs access tokens'),
  TOKEN_AUDIENCE: required('whom access tokens are for'),
  SERVICE_API_KEY: required('the key neighbours show each other').pipe(z.string().min(16)),
}

export type PlatformConfig = Readonly<z.infer<z.ZodObject<typeof BASE>>> & {
  DATABASE_URL?: string
  RABBITMQ_URL?: string
  REDIS_URL?: string
  /** Origins of each neighbour this service calls, by its name. */
  neighbours: Readonly<Record<string, string[]>>
  GRPC_PORT?: number
  /** Where each neighbour it calls over gRPC is, as gRPC spells names. */
  targets: Readonly<Record<string, string>>
}

const NEEDS = {
  postgres: { DATABASE_URL: required('postgres://…').pipe(z.url()) },
  rabbitmq: { RABBITMQ_URL: required('amqp://…').pipe(z.url()) },
  redis: { REDIS_URL: required('redis://…').pipe(z.url()) },
} as const

type Needs = Pick<ServiceManifest, 'needs' | 'calls' | 'grpcPort'>

/** What every process of a service reads, derived from what its manifest needs and calls. */
export function platformConfig(manifest: Needs, env: Environment = process.env): PlatformConfig {
  const shape: Record<string, z.ZodType> = { ...BASE }
  const [http, rpc] = [overHttp(manifest), overGrpc(manifest)]
  for (const need of manifest.needs) Object.assign(shape, NEEDS[need])
  if (manifest.grpcPort !== undefined) shape.GRPC_PORT = port('where it listens for gRPC')
  for (const { service } of http) shape[originsVariable(service)] = origins(`http://${service}…`)
  for (const { service } of rpc) shape[targetVariable(service)] = required(`dns:///${service}:…`)
  const config = readConfig(shape, env) as Record<string, unknown>
  const named = <Value>(calls: readonly Call[], variable: (service: string) => string) =>
    Object.fromEntries(calls.map(({ service }) => [service, config[variable(service)] as Value]))
  return Object.freeze({
    ...config,
    neighbours: named<string[]>(http, originsVariable),
    targets: named<string>(rpc, targetVariable),
  }) as PlatformConfig
}
