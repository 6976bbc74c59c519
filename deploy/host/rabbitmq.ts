import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Binaries } from './binaries.ts'
import { serverPorts } from './ports.ts'
import type { ProcessDefinition } from './process.ts'
import type { Profile } from './profile.ts'

const folder = (profile: Profile, ...parts: string[]) => join(profile.dir, 'rabbitmq', ...parts)

export function rabbitmqConfig(profile: Profile, password: string): string {
  const ports = serverPorts(profile)
  return `${[
    `listeners.tcp.1 = 127.0.0.1:${ports.amqp}`,
    'management.tcp.ip = 127.0.0.1',
    `management.tcp.port = ${ports.management}`,
    'prometheus.tcp.ip = 127.0.0.1',
    `prometheus.tcp.port = ${ports.brokerMetrics}`,
    // Naming a default user is also what keeps `guest` from being made.
    'default_user = restofy',
    `default_pass = ${password}`,
    'log.console = true',
    'log.console.level = warning',
    'log.file = false',
  ].join('\n')}\n`
}

export async function configureRabbitmq(profile: Profile, password: string): Promise<void> {
  await mkdir(folder(profile, 'data'), { recursive: true })
  await mkdir(folder(profile, 'log'), { recursive: true })
  await writeFile(folder(profile, 'rabbitmq.conf'), rabbitmqConfig(profile, password), {
    mode: 0o600,
  })
  await writeFile(
    folder(profile, 'enabled_plugins'),
    '[rabbitmq_management,rabbitmq_prometheus].\n',
  )
}

export function rabbitmqProcess(
  profile: Profile,
  { rabbitmq }: Pick<Binaries, 'rabbitmq'>,
): ProcessDefinition {
  const ports = serverPorts(profile)
  return {
    name: 'rabbitmq',
    command: rabbitmq,
    args: [],
    cwd: folder(profile),
    env: {
      // Makes the start script become the broker: a shell in between would outlive it, or it the shell.
      RUNNING_UNDER_SYSTEMD: 'true',
      // The Erlang cookie is kept in HOME.
      HOME: folder(profile),
      RABBITMQ_NODENAME: 'restofy@localhost',
      RABBITMQ_CONFIG_FILE: folder(profile, 'rabbitmq.conf'),
      RABBITMQ_CONF_ENV_FILE: '/dev/null',
      RABBITMQ_ENABLED_PLUGINS_FILE: folder(profile, 'enabled_plugins'),
      RABBITMQ_MNESIA_BASE: folder(profile, 'data'),
      RABBITMQ_LOG_BASE: folder(profile, 'log'),
      RABBITMQ_PID_FILE: folder(profile, 'rabbitmq.pid'),
      RABBITMQ_DIST_PORT: String(ports.distribution),
      ERL_EPMD_PORT: String(ports.epmd),
      ERL_EPMD_ADDRESS: '127.0.0.1',
      // No busy waiting: idle then costs 0.3 % of a core. And no listener beyond this machine.
      RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS:
        '+sbwt none +sbwtdcpu none +sbwtdio none -kernel inet_dist_use_interface {127,0,0,1}',
    },
    ports: [ports.amqp, ports.management, ports.brokerMetrics, ports.distribution, ports.epmd],
    killTimeoutMs: 15_000,
  }
}
