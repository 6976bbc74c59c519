import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { services as catalogue } from '../../services/catalogue.ts'
import type { ServiceManifest } from '../../services/manifest.ts'
import { findBinaries } from './binaries.ts'
import { prepareDatabases } from './databases.ts'
import { configureGrafana } from './grafana.ts'
import { type Instances, rememberInstances } from './instances.ts'
import { configureJaeger } from './jaeger.ts'
import { assertPortsFree } from './port-check.ts'
import { initialisePostgres, isRoot } from './postgres.ts'
import type { ProcessDefinition } from './process.ts'
import { type Profile, ROOT } from './profile.ts'
import { configurePrometheus } from './prometheus.ts'
import { configureRabbitmq } from './rabbitmq.ts'
import { type ServerName, waitServers, waitServices } from './ready.ts'
import { revisionOf } from './revision.ts'
import { ensureSecrets, type Secrets } from './secrets.ts'
import { serverProcesses } from './server-processes.ts'
import { serviceProcesses } from './service-processes.ts'
import { endLeftovers } from './stop.ts'
import { converge, supervisorPid } from './supervisor.ts'
import { whyUnavailable } from './tools.ts'
import { type ServerUrls, serverUrls } from './urls.ts'

export type Step = <T>(title: string, work: () => Promise<T>) => Promise<T>

export type HostOptions = {
  services?: readonly ServiceManifest[]
  /** Kept from one start to the next; one of each at first. */
  instances?: Instances
  /** Leaves the other servers out. */
  servers?: readonly ServerName[]
  /** Added to the environment of every service. */
  env?: Readonly<Record<string, string>>
  /** A constant pause before each restart, for what is killed all the time. */
  restartDelayMs?: number
  /** Wraps each part of the work, to show progress. */
  step?: Step
}

const quietly: Step = (_, work) => work()

/** Servers up, databases made and migrated. Harmless when they already are. */
export async function startServers(
  profile: Profile,
  { services = catalogue, servers, step = quietly, instances, restartDelayMs }: HostOptions = {},
): Promise<{ secrets: Secrets; urls: ServerUrls }> {
  const secrets = await ensureSecrets(profile, services)
  const counts = await rememberInstances(profile, instances)
  const definitions = (await planServers(profile))
    .filter(({ name }) => !servers || servers.includes(name as ServerName))
    .map((definition) => ({ ...definition, restartDelayMs }))
  const names = definitions.map(({ name }) => name as ServerName)
  if (!(await supervisorPid(profile))) await endLeftovers(profile)
  await assertPortsFree(profile, definitions)
  await step('prepare data directories', () => prepareData(profile, services, counts, secrets))
  await step(`start ${names.join(', ')}`, () => converge(profile, 'servers', definitions))
  const fast = names.filter((name) => name !== 'rabbitmq')
  const slow = names.filter((name) => name === 'rabbitmq')
  await step(`wait for ${fast.filter((name) => name !== 'jaeger').join(', ')}`, () =>
    waitServers(profile, secrets, fast),
  )
  if (names.includes('postgres')) {
    await step('make databases and migrate', () => prepareDatabases(profile, services, secrets))
  }
  if (slow.length > 0) {
    await step(`wait for ${slow.join(', ')}`, () => waitServers(profile, secrets, slow))
  }
  return { secrets, urls: serverUrls(profile, secrets) }
}

/** Needs `startServers` before. Starts, restarts or ends services until exactly these run and are ready. */
export async function startServices(
  profile: Profile,
  { services = catalogue, instances, step = quietly, ...plan }: HostOptions = {},
): Promise<void> {
  const counts = await rememberInstances(profile, instances)
  const definitions = await planServices(profile, { services, instances: counts, ...plan })
  await assertPortsFree(profile, definitions)
  await configurePrometheus(profile, services, counts)
  await step('start services', () => converge(profile, 'services', definitions))
  await step('wait until every service is ready', () => waitServices(profile, services, counts))
}

export async function planServers(profile: Profile): Promise<ProcessDefinition[]> {
  return serverProcesses({
    profile,
    binaries: findBinaries(),
    root: isRoot(),
    node: process.execPath,
    traces: (await whyUnavailable('jaeger')) === undefined,
  })
}

export async function planServices(
  profile: Profile,
  { services = catalogue, instances = {}, env, restartDelayMs }: HostOptions = {},
): Promise<ProcessDefinition[]> {
  const secrets = await ensureSecrets(profile, services)
  const { version } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'))
  const revisions = new Map(services.map(({ name }) => [name, revisionOf(name)]))
  const node = process.execPath
  const plan = { profile, services, secrets, instances, node, version, revisions, env }
  return serviceProcesses(plan).map((definition) => ({ ...definition, restartDelayMs }))
}

async function prepareData(
  profile: Profile,
  services: readonly ServiceManifest[],
  instances: Instances,
  secrets: Secrets,
): Promise<void> {
  await initialisePostgres(profile, findBinaries(), secrets.postgres)
  await configureRabbitmq(profile, secrets.rabbitmq)
  await configurePrometheus(profile, services, instances)
  await configureJaeger(profile)
  await configureGrafana(profile, services)
}
