import type { CustomResourceOptions } from '@pulumi/pulumi'
import { CACHE, POSTGRES } from './endpoints.ts'
import type { ThirdParty } from './images.ts'
import type { Inputs } from './inputs.ts'
import { PORTS } from './observability-links.ts'
import { type Container, container, hardened, mount } from './pod.ts'
import { secretOf } from './secret.ts'
import { databaseSecrets, REDIS } from './secret-names.ts'
import { server } from './server.ts'

const USER = { uid: 65_534, gid: 65_534 }
const SECRETS = '/run/secrets/restofy'

type Exporter = {
  name: string
  image: string
  port: number
  env: Record<string, string>
  secret: string
  command: string[]
}

/** Of the servers that the cluster runs; elsewhere CloudWatch has their figures. */
export function makeExporters(
  inputs: Inputs,
  images: ThirdParty,
  options: CustomResourceOptions,
): void {
  const { databases, cache } = inputs
  if (databases.run === 'cluster') {
    const name = 'postgres-exporter'
    const login = { password: { secret: databaseSecrets('order').admin } }
    exporter(
      {
        ...{ name, image: images.postgresExporter, port: PORTS.postgresExporter },
        command: ['/bin/postgres_exporter'],
        env: {
          DATA_SOURCE_URI: `${POSTGRES.name}:${POSTGRES.port}/postgres?sslmode=disable`,
          DATA_SOURCE_USER: POSTGRES.user,
          DATA_SOURCE_PASS_FILE: `${SECRETS}/password`,
        },
        secret: secretOf(name, login, inputs, options),
      },
      options,
    )
  }
  if (cache.run === 'cluster') {
    const name = 'redis-exporter'
    const address = `redis://${CACHE.name}:${CACHE.port}`
    exporter(
      {
        ...{ name, image: images.redisExporter, port: PORTS.redisExporter },
        command: ['/redis_exporter'],
        env: { REDIS_ADDR: address, REDIS_PASSWORD_FILE: `${SECRETS}/password` },
        // The file maps addresses to passwords: it is JSON.
        secret: secretOf(
          name,
          { password: { secret: REDIS, text: JSON.stringify({ [address]: '{}' }) } },
          inputs,
          options,
        ),
      },
      options,
    )
  }
}

function exporter(own: Exporter, options: CustomResourceOptions): void {
  const { name, port, secret } = own
  server(
    {
      name,
      component: 'observability',
      ports: [{ name: 'metrics', port }],
      pod: hardened(USER, {
        priorityClassName: 'restofy-normal',
        containers: [exporterContainer(own)],
        volumes: [{ name: 'secrets', secret: { secretName: secret, defaultMode: 0o440 } }],
      }),
    },
    options,
  )
}

function exporterContainer({ name, image, port, env, command }: Exporter): Container {
  const ready = { tcpSocket: { port: 'metrics' } }
  return container({
    name,
    image,
    command,
    resources: { cpu: '10m', memory: '64Mi' },
    env: Object.entries(env).map(([variable, value]) => ({ name: variable, value })),
    ports: [{ name: 'metrics', containerPort: port }],
    volumeMounts: [mount('secrets', SECRETS)],
    startupProbe: { ...ready, periodSeconds: 2, failureThreshold: 30 },
    readinessProbe: { ...ready, periodSeconds: 10 },
    livenessProbe: { ...ready, periodSeconds: 30 },
  })
}
