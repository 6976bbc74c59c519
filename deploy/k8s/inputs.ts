import { z } from 'zod'
import type { ServiceManifest } from '../../services/manifest.ts'
import { secretNames } from './secret-names.ts'

const text = z.string().min(1)
const port = z.int().min(1).max(65_535)
const gibibytes = z.int().min(1)
const cidrs = z.array(z.cidrv4()).min(1)

/** Something the cluster runs itself, or something that is reached outside of it. */
const cluster = z.literal('cluster')
const external = z.literal('external')

const Databases = z.discriminatedUnion('run', [
  z.strictObject({ run: cluster, storageGi: gibibytes }),
  z.strictObject({
    run: external,
    /** Where each service's database is; `user` may make roles and databases there. */
    servers: z.record(z.string(), z.strictObject({ host: text, port, user: text })),
    /** PEM; whoever signed the servers' certificates. */
    authority: text,
    cidrs,
  }),
])

const Broker = z.discriminatedUnion('run', [
  z.strictObject({ run: cluster, storageGi: gibibytes }),
  /** `amqps` on `port`; `managementUrl` for queue depths. */
  z.strictObject({ run: external, host: text, port, user: text, managementUrl: z.url(), cidrs }),
])

const Cache = z.discriminatedUnion('run', [
  z.strictObject({ run: cluster, memoryMi: z.int().min(16) }),
  /** `rediss` on `port`. */
  z.strictObject({ run: external, host: text, port, cidrs }),
])

const Secrets = z.discriminatedUnion('from', [
  /** By the names of secret-names.ts. */
  z.strictObject({ from: z.literal('values'), values: z.record(z.string(), text) }),
  /** Fetched by External Secrets from a ClusterSecretStore; `property` when the secret is JSON. */
  z.strictObject({
    from: z.literal('store'),
    store: text,
    refs: z.record(z.string(), z.strictObject({ key: text, property: text.optional() })),
  }),
])

const Entrance = z.discriminatedUnion('by', [
  z.strictObject({ by: z.literal('node-port'), port: z.int().min(30_000).max(32_767) }),
  z.strictObject({
    by: z.literal('ingress'),
    className: text,
    host: z.hostname(),
    annotations: z.record(z.string(), z.string()).default({}),
    /** Who may reach the gateway's pods: the load balancer's subnets. */
    cidrs,
    /** Proxies whose X-Forwarded-For entry may be believed. */
    trustedHops: z.int().min(0),
  }),
])

const Traces = z.discriminatedUnion('store', [
  z.strictObject({ store: z.literal('memory') }),
  z.strictObject({ store: z.literal('badger'), storageGi: gibibytes }),
])

/** What infrastructure hands over. Kind and AWS both satisfy it; nothing else tells them apart. */
const Inputs = z.strictObject({
  /** Name of the environment, on every log line and metric. */
  environment: z.string().regex(/^[a-z][a-z0-9-]*$/, 'is not a lower-case name'),
  /** Registry and path before `restofy/<service>-service`; empty where images are loaded into the nodes. */
  images: z.strictObject({
    registry: z.string().regex(/^$|^[^/\s][^\s]*[^/\s]$/, 'ends in a slash'),
  }),
  /** `one` of everything, or from `min` to `max` of each manifest. */
  replicas: z.enum(['one', 'manifest']),
  /** Share of the manifests' CPU requests that is asked for: less than 1 fits a small machine. */
  cpuShare: z.number().gt(0).max(1),
  storageClass: text,
  entrance: Entrance,
  databases: Databases,
  broker: Broker,
  cache: Cache,
  secrets: Secrets,
  observability: z.strictObject({
    prometheus: z.strictObject({ retentionDays: z.int().min(1), storageGi: gibibytes }),
    traces: Traces,
    alertmanager: z.boolean(),
    collector: z.boolean(),
    grafana: z.boolean(),
    /** Figures of the servers that the cluster runs itself. */
    exporters: z.boolean(),
  }),
  addons: z.strictObject({
    metricsServer: z.enum(['install', 'present', 'absent']),
    kubeStateMetrics: z.enum(['install', 'absent']),
    keda: z.enum(['present', 'absent']),
  }),
  /** Where Prometheus and the collector reach the Kubernetes API. */
  apiServerCidrs: cidrs,
})

export type Inputs = z.output<typeof Inputs>

export class InputsError extends Error {
  override name = 'InputsError'
}

/** Everything that is missing or wrong in one sentence each, before anything is changed. */
export function parseInputs(given: unknown, services: readonly ServiceManifest[]): Inputs {
  const result = Inputs.safeParse(given)
  if (!result.success) throw new InputsError(sentences(result.error.issues.map(sentenceOf)))
  const missing = missingFrom(result.data, services)
  if (missing.length > 0) throw new InputsError(sentences(missing))
  return result.data
}

const sentences = (lines: readonly string[]): string =>
  `what infrastructure hands over is incomplete or wrong:\n  ${lines.join('\n  ')}`

function sentenceOf(issue: z.core.$ZodIssue): string {
  const where = issue.path.join('.') || 'inputs'
  const message = issue.message.replace(/^Invalid input: /, '')
  return `${where}: ${message.endsWith('received undefined') ? 'is missing' : message}`
}

function missingFrom(
  { databases, secrets }: Inputs,
  services: readonly ServiceManifest[],
): string[] {
  const held = secrets.from === 'values' ? secrets.values : secrets.refs
  const place = secrets.from === 'values' ? 'secrets.values' : 'secrets.refs'
  const withDatabase = services.filter(({ needs }) => needs.includes('postgres'))
  const servers = databases.run === 'external' ? databases.servers : undefined
  return [
    ...secretNames(services)
      .filter((name) => !held[name])
      .map((name) => `${place}.${name}: is missing`),
    ...withDatabase
      .filter(({ name }) => servers && !servers[name])
      .map(({ name }) => `databases.servers.${name}: is missing, ${name} needs postgres`),
  ]
}
