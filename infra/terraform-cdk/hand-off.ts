import { z } from 'zod'
import { type Inputs, parseInputs } from '../../deploy/k8s/inputs.ts'
import { databaseSecrets, secretNames } from '../../deploy/k8s/secret-names.ts'
import { services } from '../../services/catalogue.ts'
import type { Environment } from './environments.ts'
import { cidrsOf } from './stacks/subnets.ts'

const Endpoint = z.url().transform((url) => new URL(url))

const Outputs = z.object({
  registry: z.string(),
  postgres_servers: z.array(
    z.object({
      host: z.string(),
      port: z.int(),
      user: z.string(),
      secret_arn: z.string(),
      services: z.array(z.string()),
    }),
  ),
  redis_endpoint: Endpoint,
  rabbitmq_endpoint: Endpoint,
  rabbitmq_console: z.url(),
  certificate_arn: z.string(),
})

/** What `terraform output` says, of all stacks together. */
export type Outputs = z.output<typeof Outputs>

/** The stack that each output comes from: whoever misses one is told what to deploy. */
export const MADE_BY: Record<keyof Outputs, string> = {
  registry: 'registry',
  postgres_servers: 'data',
  redis_endpoint: 'cache',
  rabbitmq_endpoint: 'broker',
  rabbitmq_console: 'broker',
  certificate_arn: 'entrance',
}

export function parseOutputs(given: Record<string, unknown>, { name }: Environment): Outputs {
  const result = Outputs.safeParse(given)
  if (result.success) return result.data
  const wrong = new Set(result.error.issues.map(({ path }) => path[0] as keyof Outputs))
  const sentences = Array.from(
    wrong,
    (output) => `${name} has no usable ${output}: deploy ${MADE_BY[output]}-${name} first`,
  )
  throw new Error(sentences.join('\n'))
}

/**
 * What the cluster's program needs to know of AWS, by the schema that it shares with kind.
 * `authority` is the certificate bundle of RDS in this region.
 */
export function handOff(environment: Environment, outputs: Outputs, authority: string): Inputs {
  const stores = cidrsOf(environment, 'data')
  const { rabbitmq_endpoint, redis_endpoint } = outputs
  const given: Inputs = {
    environment: environment.name,
    replicas: environment.running.replicas,
    cpuShare: 1,
    images: { registry: outputs.registry },
    storageClass: 'gp3',
    entrance: entrance(environment),
    databases: { run: 'external', servers: servers(outputs), authority, cidrs: stores },
    broker: {
      run: 'external',
      host: rabbitmq_endpoint.hostname,
      port: Number(rabbitmq_endpoint.port),
      user: 'restofy',
      managementUrl: outputs.rabbitmq_console,
      cidrs: stores,
    },
    cache: {
      run: 'external',
      host: redis_endpoint.hostname,
      port: Number(redis_endpoint.port),
      cidrs: stores,
    },
    secrets: { from: 'store', store: SECRET_STORE, refs: secretRefs(environment, outputs) },
    observability: observability(environment),
    // The cluster stack adds the metrics server; KEDA is for whoever installs it.
    addons: { metricsServer: 'present', kubeStateMetrics: 'install', keda: 'absent' },
    apiServerCidrs: cidrsOf(environment, 'private'),
  }
  return parseInputs(given, services)
}

export const SECRET_STORE = 'aws-secrets-manager'

function entrance(environment: Environment): Inputs['entrance'] {
  return {
    by: 'ingress',
    className: 'alb',
    host: environment.host,
    annotations: {
      'alb.ingress.kubernetes.io/target-type': 'ip',
      'alb.ingress.kubernetes.io/listen-ports': '[{"HTTPS":443}]',
    },
    cidrs: cidrsOf(environment, 'public'),
    trustedHops: 1,
  }
}

function observability({ running }: Environment): Inputs['observability'] {
  const { metricsDays, metricsGi } = running
  return {
    prometheus: { retentionDays: metricsDays, storageGi: metricsGi },
    traces: { store: 'badger', storageGi: metricsGi },
    alertmanager: true,
    collector: true,
    grafana: true,
    exporters: true,
  }
}

function servers({ postgres_servers }: Outputs) {
  return Object.fromEntries(
    postgres_servers.flatMap(({ host, port, user, services }) =>
      services.map((name) => [name, { host, port, user }]),
    ),
  )
}

/** Each by its name below `restofy/<environment>/`; the master passwords where RDS keeps them. */
function secretRefs({ name }: Environment, { postgres_servers }: Outputs) {
  const ours = secretNames(services).map((secret) => [secret, { key: `restofy/${name}/${secret}` }])
  const masters = postgres_servers.flatMap(({ secret_arn, services }) =>
    services.map((service) => [
      databaseSecrets(service).admin,
      { key: secret_arn, property: 'password' },
    ]),
  )
  return Object.fromEntries([...ours, ...masters])
}
