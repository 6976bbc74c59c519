import { join } from 'node:path'
import type { Binaries } from './binaries.ts'
import { grafanaProcess } from './grafana.ts'
import { serverPorts } from './ports.ts'
import { postgresProcess } from './postgres.ts'
import type { ProcessDefinition } from './process.ts'
import { type Profile, ROOT } from './profile.ts'
import { rabbitmqProcess } from './rabbitmq.ts'

export type ServerPlan = {
  profile: Profile
  binaries: Binaries
  /** Whether we are root, which PostgreSQL refuses to be. */
  root: boolean
  node: string
  /** Jaeger runs unless it is neither installed nor buildable. */
  traces: boolean
}

/** The slowest to start comes first. */
export function serverProcesses(plan: ServerPlan): ProcessDefinition[] {
  const { profile, binaries, root } = plan
  return [
    rabbitmqProcess(profile, binaries),
    postgresProcess(profile, binaries, root),
    redisProcess(profile, binaries),
    prometheusProcess(profile, binaries),
    alertmanagerProcess(profile, binaries),
    ...(plan.traces ? [jaegerProcess(plan)] : []),
    ...[grafanaProcess(profile)].filter((process) => process !== undefined),
  ]
}

function redisProcess(profile: Profile, { redis }: Binaries): ProcessDefinition {
  const { redis: port } = serverPorts(profile)
  return {
    name: 'redis',
    command: redis,
    args: [
      ...['--bind', '127.0.0.1', '--port', String(port)],
      // Nothing in it needs to survive. When it is full, what has a time to live goes: cached answers, not jobs.
      ...['--save', '', '--appendonly', 'no'],
      ...['--maxmemory', '64mb', '--maxmemory-policy', 'volatile-lru'],
      // Its title would overwrite the environment by which ownProcesses recognises it.
      ...['--set-proc-title', 'no'],
    ],
    cwd: profile.dir,
    env: {},
    ports: [port],
    killTimeoutMs: 5_000,
  }
}

function prometheusProcess(profile: Profile, { prometheus }: Binaries): ProcessDefinition {
  const { prometheus: port } = serverPorts(profile)
  const folder = join(profile.dir, 'prometheus')
  return {
    name: 'prometheus',
    command: prometheus,
    args: [
      `--config.file=${join(folder, 'prometheus.json')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      '--storage.tsdb.retention.time=2d',
      `--web.listen-address=127.0.0.1:${port}`,
      '--web.enable-lifecycle',
      '--web.enable-remote-write-receiver',
      '--enable-feature=exemplar-storage',
      '--log.level=warn',
    ],
    cwd: folder,
    env: {},
    ports: [port],
    killTimeoutMs: 10_000,
  }
}

function alertmanagerProcess(profile: Profile, { alertmanager }: Binaries): ProcessDefinition {
  const { alertmanager: port } = serverPorts(profile)
  const folder = join(profile.dir, 'prometheus')
  return {
    name: 'alertmanager',
    command: alertmanager,
    args: [
      `--config.file=${join(folder, 'alertmanager.json')}`,
      `--storage.path=${join(folder, 'alertmanager')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      // One of its kind: no gossip.
      '--cluster.listen-address=',
      '--log.level=warn',
    ],
    cwd: folder,
    env: {},
    ports: [port],
    killTimeoutMs: 5_000,
  }
}

function jaegerProcess({ profile, node }: ServerPlan): ProcessDefinition {
  const { jaeger, otlpHttp, otlpGrpc, jaegerHealth, jaegerMetrics, spanMetrics } =
    serverPorts(profile)
  return {
    name: 'jaeger',
    command: node,
    args: ['deploy/host/run-jaeger.ts', join(profile.dir, 'jaeger.json')],
    cwd: ROOT,
    env: {},
    ports: [jaeger, otlpHttp, otlpGrpc, jaegerHealth, jaegerMetrics, spanMetrics],
    killTimeoutMs: 5_000,
    // It cannot be had: building it again and again would only take the processor.
    finalExitCodes: [78],
  }
}
