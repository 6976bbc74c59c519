import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import type { ServiceManifest } from '../../services/manifest.ts'
import type { Instances } from './instances.ts'
import { serverPorts, servicePort } from './ports.ts'
import type { Profile } from './profile.ts'
import type { Secrets } from './secrets.ts'
import { processName } from './service-processes.ts'
import { listProcesses } from './supervisor.ts'
import { serverUrls } from './urls.ts'

/** A supervised process did not come up; `process` names the log to look into. */
export class NotReady extends Error {
  override name = 'NotReady'
  readonly process: string

  constructor(process: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.process = process
  }
}

const PATIENCE_MS = 90_000
/** Asking pm2 costs 0.3 s of CPU, so only what is slow gets looked at. */
const LOOK_EVERY_MS = 3_000
const HOPELESS_RESTARTS = 3

export type ServerName =
  | 'postgres'
  | 'rabbitmq'
  | 'redis'
  | 'prometheus'
  | 'alertmanager'
  | 'jaeger'
  | 'grafana'

/** Resolves when these servers answer. Jaeger is never waited for: it may be compiling. */
export async function waitServers(
  profile: Profile,
  secrets: Secrets,
  names: readonly ServerName[] = ['postgres', 'redis', 'rabbitmq', 'prometheus', 'alertmanager'],
): Promise<void> {
  const urls = serverUrls(profile, secrets)
  const credentials = Buffer.from(`restofy:${secrets.rabbitmq}`).toString('base64')
  const checks: Record<ServerName, () => Promise<unknown>> = {
    postgres: () => selectOne(urls.postgres),
    redis: () => accepts(serverPorts(profile).redis),
    rabbitmq: () => answers(`${urls.management}/api/health/checks/alarms`, `Basic ${credentials}`),
    prometheus: () => answers(`${urls.prometheus}/-/ready`),
    alertmanager: () => answers(`${urls.alertmanager}/-/ready`),
    jaeger: async () => {},
    grafana: () => answers(`${urls.grafana}/api/health`),
  }
  await allReady(profile, new Map(names.map((name) => [name, checks[name]])))
}

/** Resolves when every instance answers 200 on /readyz. */
export async function waitServices(
  profile: Profile,
  services: readonly Pick<ServiceManifest, 'name' | 'port'>[],
  instances: Instances = {},
): Promise<void> {
  const checks = services.flatMap((service) =>
    Array.from({ length: instances[service.name] ?? 1 }, (_, index): [string, Check] => {
      const url = `http://127.0.0.1:${servicePort(service, profile, index + 1)}/readyz`
      return [processName(service.name, index + 1), () => answers(url)]
    }),
  )
  await allReady(profile, new Map(checks))
}

type Check = () => Promise<unknown>

/** The first that cannot become ready ends the wait for all. */
async function allReady(profile: Profile, checks: ReadonlyMap<string, Check>): Promise<void> {
  const waiting = new Set(checks.keys())
  const startedAt = Date.now()
  let lookAt = startedAt + LOOK_EVERY_MS
  while (true) {
    const failures = await ask(waiting, checks)
    const [first] = failures
    if (!first) return
    const now = Date.now()
    if (now - startedAt > PATIENCE_MS) {
      const [name, cause] = first
      const text = `${name} is not ready after ${PATIENCE_MS / 1_000} s: ${cause.message}`
      throw new NotReady(name, text, { cause })
    }
    if (now > lookAt) {
      await throwIfHopeless(profile, waiting)
      lookAt = now + LOOK_EVERY_MS
    }
    await sleep(100)
  }
}

/** Asks those still waited for, and crosses off who answers well. */
async function ask(
  waiting: Set<string>,
  checks: ReadonlyMap<string, Check>,
): Promise<[string, Error][]> {
  const failures: [string, Error][] = []
  const asked = [...waiting].map(async (name) => {
    try {
      await checks.get(name)!()
      waiting.delete(name)
    } catch (error) {
      failures.push([name, error as Error])
    }
  })
  await Promise.all(asked)
  return failures
}

async function throwIfHopeless(profile: Profile, waiting: ReadonlySet<string>): Promise<void> {
  const known = new Map((await listProcesses(profile)).map((process) => [process.name, process]))
  for (const name of waiting) {
    const found = known.get(name)
    if (!found) throw new NotReady(name, `${name} was never started, or was removed`)
    if (['stopped', 'errored'].includes(found.status)) {
      throw new NotReady(name, `${name} has ended`)
    }
    const young = Date.now() - found.startedAt < LOOK_EVERY_MS
    if (young && found.restarts >= HOPELESS_RESTARTS) {
      throw new NotReady(name, `${name} keeps crashing (${found.restarts} restarts)`)
    }
  }
}

async function answers(url: string, authorization?: string): Promise<void> {
  const headers = authorization ? { authorization } : undefined
  const response = await fetch(url, { headers, signal: AbortSignal.timeout(2_000) })
  const body = await response.text()
  if (!response.ok) throw new Error(`${url} answers ${response.status} ${body.slice(0, 300)}`)
}

async function selectOne(connectionString: string): Promise<void> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 2_000 })
  client.on('error', () => {})
  await client.connect()
  await client.query('select 1').finally(() => client.end())
}

function accepts(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('error', reject)
    socket.once('connect', () => {
      socket.destroy()
      resolve()
    })
  })
}
