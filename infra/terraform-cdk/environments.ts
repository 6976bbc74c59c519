import { z } from 'zod'
import { services } from '../../services/catalogue.ts'

/** One database server; without `services` it serves everybody who has none of their own. */
const PostgresServer = z.strictObject({
  name: z.string().regex(/^[a-z]+$/),
  services: z.array(z.enum(services.map(({ name }) => name))).optional(),
  instanceClass: z.string().startsWith('db.'),
  storageGb: z.int().min(20),
  maxStorageGb: z.int(),
  multiAz: z.boolean(),
})

const Environment = z.strictObject({
  name: z.enum(['dev', 'staging', 'production']),
  /** One AWS account each: a mistake in one cannot reach another. */
  account: z.string().regex(/^\d{12}$/),
  region: z.string().regex(/^[a-z]{2}-[a-z]+-\d$/),
  /** Guards data: deletion protection, final snapshots, `prevent_destroy`. */
  protected: z.boolean(),
  /** The first two numbers of the VPC's /16. */
  network: z.string().regex(/^10\.\d{1,3}$/),
  natGateways: z.int().min(1).max(3),
  /** AWS APIs reached without NAT. Each costs as much per month as about 400 GB through NAT. */
  interfaceEndpoints: z.array(z.string()),
  /** The public name, for which you can prove that it is yours. */
  host: z.hostname(),
  /** How much of Restofy runs, and how long it remembers its metrics. */
  running: z.strictObject({
    replicas: z.enum(['one', 'manifest']),
    metricsDays: z.int().min(1),
    metricsGi: z.int().min(1),
  }),
  /** Who may reach the Kubernetes API from outside the VPC; nobody when empty. */
  kubernetes: z.strictObject({ version: z.string(), publicCidrs: z.array(z.cidrv4()) }),
  postgres: z.array(PostgresServer).min(1),
  backupDays: z.int().min(7).max(35),
  cache: z.strictObject({
    nodeType: z.string().startsWith('cache.'),
    nodes: z.int().min(1).max(6),
  }),
  broker: z.strictObject({ instanceType: z.string().startsWith('mq.m7g.'), cluster: z.boolean() }),
  /** The role with which your people sign in to the account; they may then become operators. */
  peopleRole: z.string().regex(/^[\w+=,.@/-]+$/),
  monthlyBudgetUsd: z.int().positive(),
  alertEmail: z.email(),
  /** The GitHub repository whose workflows may deploy. */
  repository: z.string().regex(/^[\w.-]+\/[\w.-]+$/),
})

export type Environment = z.infer<typeof Environment>
export type PostgresServer = z.infer<typeof PostgresServer>

// Yours to change before the first deployment: these, accounts, hosts, and dev's publicCidrs.
const everywhere = {
  region: 'eu-west-1',
  alertEmail: 'platform@restofy.example',
  repository: 'restofy/restofy',
  peopleRole: 'engineer',
}

/** The only place where dev, staging and production differ. */
export const environments: readonly Environment[] = parseEnvironments([
  {
    ...everywhere,
    name: 'dev',
    account: '111111111111',
    protected: false,
    network: '10.10',
    host: 'dev.restofy.example',
    running: { replicas: 'one', metricsDays: 3, metricsGi: 10 },
    natGateways: 1,
    interfaceEndpoints: [],
    kubernetes: { version: '1.35', publicCidrs: ['203.0.113.0/24'] },
    postgres: [
      {
        name: 'shared',
        instanceClass: 'db.t4g.medium',
        storageGb: 20,
        maxStorageGb: 100,
        multiAz: false,
      },
    ],
    backupDays: 14,
    cache: { nodeType: 'cache.t4g.micro', nodes: 1 },
    broker: { instanceType: 'mq.m7g.medium', cluster: false },
    monthlyBudgetUsd: 700,
  },
  {
    ...everywhere,
    name: 'staging',
    account: '222222222222',
    protected: false,
    network: '10.20',
    host: 'staging.restofy.example',
    running: { replicas: 'manifest', metricsDays: 7, metricsGi: 20 },
    natGateways: 1,
    interfaceEndpoints: [],
    kubernetes: { version: '1.35', publicCidrs: [] },
    // The size of production's smallest parts, so that a rehearsal meets the same topology.
    postgres: [
      {
        name: 'order',
        services: ['order'],
        instanceClass: 'db.t4g.medium',
        storageGb: 20,
        maxStorageGb: 100,
        multiAz: true,
      },
      {
        name: 'shared',
        instanceClass: 'db.t4g.medium',
        storageGb: 20,
        maxStorageGb: 100,
        multiAz: true,
      },
    ],
    backupDays: 14,
    cache: { nodeType: 'cache.t4g.small', nodes: 2 },
    broker: { instanceType: 'mq.m7g.medium', cluster: true },
    monthlyBudgetUsd: 1_500,
  },
  {
    ...everywhere,
    name: 'production',
    account: '333333333333',
    protected: true,
    network: '10.30',
    host: 'api.restofy.example',
    running: { replicas: 'manifest', metricsDays: 15, metricsGi: 50 },
    natGateways: 3,
    interfaceEndpoints: ['ecr.api', 'ecr.dkr', 'sts', 'logs', 'secretsmanager'],
    kubernetes: { version: '1.35', publicCidrs: [] },
    postgres: [
      {
        name: 'order',
        services: ['order'],
        instanceClass: 'db.m7g.large',
        storageGb: 200,
        maxStorageGb: 1_000,
        multiAz: true,
      },
      {
        name: 'payment',
        services: ['payment'],
        instanceClass: 'db.m7g.large',
        storageGb: 100,
        maxStorageGb: 500,
        multiAz: true,
      },
      {
        name: 'shared',
        instanceClass: 'db.m7g.large',
        storageGb: 100,
        maxStorageGb: 500,
        multiAz: true,
      },
    ],
    backupDays: 35,
    cache: { nodeType: 'cache.m7g.large', nodes: 2 },
    broker: { instanceType: 'mq.m7g.large', cluster: true },
    monthlyBudgetUsd: 6_000,
  },
])

/** One sentence per mistake: this is the file that newcomers edit first. */
export function parseEnvironments(given: readonly Record<string, unknown>[]): Environment[] {
  const result = z.array(Environment).safeParse(given)
  if (result.success) return result.data
  const sentences = result.error.issues.map(({ path: [index, ...path], message }) => {
    const name = given[index as number]?.name
    return `environments.ts: ${name}.${path.join('.')}: ${message}`
  })
  throw new Error(sentences.join('\n'))
}

export function environmentNamed(name: string | undefined): Environment {
  const found = environments.find((environment) => environment.name === name)
  if (found) return found
  const known = environments.map((environment) => environment.name).join(', ')
  throw new Error(`ENV=${name ?? ''} is not an environment: give one of ${known}`)
}

/** The services whose databases live on this server. */
export function servicesOn(server: PostgresServer, { postgres }: Environment): string[] {
  const elsewhere = postgres.flatMap((other) => (other === server ? [] : (other.services ?? [])))
  return services
    .filter(({ needs }) => needs.includes('postgres'))
    .map(({ name }) => name)
    .filter((name) => server.services?.includes(name) ?? !elsewhere.includes(name))
}
