import { setTimeout as sleep } from 'node:timers/promises'
import { services } from '../../services/catalogue.ts'
import type { ServiceManifest } from '../../services/manifest.ts'
import { newTokenKey } from '../host/secrets.ts'
import { environmentOf } from '../k8s/environment.ts'
import type { Inputs } from '../k8s/inputs.ts'
import { serviceSecrets } from '../k8s/secret-files.ts'
import { command, succeeds } from './command.ts'

const PATIENCE_MS = 60_000

const docker = async (...args: string[]): Promise<string> => (await command('docker', args)).trim()

export type Layers = { node: number; packages: number; service: number }

/** Bytes of an image, by what services/Dockerfile copies: all share `node` and `packages`. */
export async function layersOf(image: string): Promise<Layers> {
  const format = '{{.Size}} {{.CreatedBy}}'
  return parseHistory(
    await docker('history', '--human=false', '--no-trunc', '--format', format, image),
  )
}

/** Newest first. Builders word their steps differently, but all of them copy in this order. */
export function parseHistory(history: string): Layers {
  const sizes = history
    .split('\n')
    .filter((line) => line.includes('COPY'))
    .map((line) => Number.parseInt(line, 10))
  const [node = 0, packages = 0, ...rest] = sizes.reverse()
  return { node, packages, service: rest.reduce((sum, size) => sum + size, 0) }
}

/** Lends a PostgreSQL in a container: a service is ready when its database has answered. */
export async function withDatabase<T>(
  image: string,
  work: (url: string) => Promise<T>,
): Promise<T> {
  const id = await docker('run', '--detach', '--rm', '--env', 'POSTGRES_PASSWORD=any', image)
  try {
    const url = `postgres://postgres:any@${await addressOf(id)}:5432/postgres`
    const answers = () => succeeds('docker', ['exec', id, 'pg_isready', '--host=127.0.0.1'])
    await until(answers, `${image} does not answer`)
    return await work(url)
  } finally {
    await docker('rm', '--force', id)
  }
}

/** From the start of the container, which is as restricted as a pod, until it wants requests. */
export async function secondsToReady(
  service: ServiceManifest,
  { image, database, inputs }: { image: string; database: string; inputs: Inputs },
): Promise<number> {
  const variables = Object.entries(await variablesOf(service, database, inputs))
  const id = await docker(
    ...['run', '--detach', '--read-only', '--tmpfs', '/tmp', '--cap-drop', 'ALL'],
    ...['--memory', service.resources.memory.replace('Mi', 'm')],
    ...variables.flatMap(([name, value]) => ['--env', `${name}=${value}`]),
    image,
  )
  try {
    const url = `http://${await addressOf(id)}:${service.port}/readyz`
    const ready = () =>
      fetch(url).then(
        ({ ok }) => ok,
        () => false,
      )
    await until(ready, `${image} does not become ready`).catch(async (error) => {
      throw new Error(`${error.message}: ${(await docker('logs', '--tail', '5', id)).trim()}`)
    })
    const readyAt = Date.now()
    const startedAt = await docker('inspect', '--format', '{{.State.StartedAt}}', id)
    return (readyAt - Date.parse(startedAt)) / 1_000
  } finally {
    await docker('rm', '--force', id)
  }
}

/** Neighbours, broker and cache are not there: nobody waits for them. */
async function variablesOf(service: ServiceManifest, database: string, inputs: Inputs) {
  const secrets: Record<string, string> = {
    SERVICE_API_KEY: 'key-of-nobody-else',
    DATABASE_URL: database,
    RABBITMQ_URL: 'amqp://nobody:any@127.0.0.1:5672',
    REDIS_URL: 'redis://127.0.0.1:6379',
    TOKEN_KEY: await newTokenKey(),
  }
  const wanted = Object.keys(serviceSecrets(service, inputs))
  return {
    ...environmentOf(service, service.roles[0]!, services, inputs),
    ...Object.fromEntries(wanted.map((name) => [name, secrets[name]!])),
  }
}

const addressOf = (id: string): Promise<string> =>
  docker('inspect', '--format', '{{.NetworkSettings.IPAddress}}', id)

async function until(done: () => Promise<boolean>, complaint: string): Promise<void> {
  const giveUpAt = Date.now() + PATIENCE_MS
  while (!(await done())) {
    if (Date.now() > giveUpAt) throw new Error(`${complaint} within ${PATIENCE_MS / 1_000} s`)
    await sleep(10)
  }
}
