import { appendFile, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { findBinaries } from '../../deploy/host/binaries.ts'
import { assertPortsFree } from '../../deploy/host/port-check.ts'
import { serverPorts } from '../../deploy/host/ports.ts'
import type { ProcessDefinition } from '../../deploy/host/process.ts'
import type { Profile } from '../../deploy/host/profile.ts'
import { configureRabbitmq, rabbitmqProcess } from '../../deploy/host/rabbitmq.ts'
import { ensureSecrets } from '../../deploy/host/secrets.ts'
import { converge } from '../../deploy/host/supervisor.ts'
import { step } from '../report.ts'
import { clusterView } from './cluster-view.ts'
import { endPlatform, profile } from './platform.ts'

export type ClusterNode = {
  /** Its data, and its ports for clients. */
  profile: Profile
  /** As its supervisor calls it. */
  process: string
  /** As the other nodes call it: each has an address of its own, by which it can be cut off. */
  name: string
  address: string
}

export const nodes: readonly ClusterNode[] = [1, 2, 3].map((n) => ({
  profile: { dir: join(profile.dir, `rabbitmq-${n}`), offset: profile.offset + n * 100 },
  process: `rabbitmq-${n}`,
  name: `node${n}@127.0.0.1${n}`,
  address: `127.0.0.1${n}`,
}))

/** One home for all: it holds the cookie by which they trust each other. */
const home = join(profile.dir, 'rabbitmq-home')

const SETTINGS = [
  'cluster_formation.peer_discovery_backend = classic_config',
  ...nodes.map(({ name }, i) => `cluster_formation.classic_config.nodes.${i + 1} = ${name}`),
  'cluster_partition_handling = pause_minority',
  // A node that is cut off is missed after ten seconds instead of sixty.
  'net_ticktime = 10',
]

/** What every program of the cluster needs to find it, rabbitmqctl too. */
export const clusterEnvironment = {
  HOME: home,
  RABBITMQ_USE_LONGNAME: 'true',
  // One register of names, which tells them apart by their first part, on every node's address.
  ERL_EPMD_PORT: String(serverPorts(profile).epmd),
  ERL_EPMD_ADDRESS: nodes.map(({ address }) => address).join(','),
}

/** Three empty brokers that know each other; pm2 starts again what is killed. */
export async function startCluster() {
  await endPlatform(true)
  const { rabbitmq: password } = await ensureSecrets(profile, [])
  const definitions = nodes.map(definitionOf)
  await assertPortsFree(profile, definitions)
  await mkdir(home, { recursive: true })
  await writeFile(join(home, '.erlang.cookie'), password, { mode: 0o400 })
  for (const node of nodes) {
    await configureRabbitmq(node.profile, password)
    const file = join(node.profile.dir, 'rabbitmq', 'rabbitmq.conf')
    await appendFile(file, `${SETTINGS.join('\n')}\n`)
  }
  const view = clusterView(nodes, password)
  await step('start a broker', async () => {
    // The first alone, or two of them might found a cluster each.
    await converge(profile, 'servers', definitions.slice(0, 1))
    await view.untilRunning(1)
  })
  await step('start two more, and wait until they are one cluster', async () => {
    await converge(profile, 'servers', definitions)
    await view.untilRunning(nodes.length)
  })
  const urls = nodes.map(
    (node) => `amqp://restofy:${password}@127.0.0.1:${serverPorts(node.profile).amqp}/`,
  )
  return { urls, view }
}

function definitionOf(node: ClusterNode): ProcessDefinition {
  const { env, ports, ...single } = rabbitmqProcess(node.profile, findBinaries())
  const address = `{${node.address.replaceAll('.', ',')}}`
  return {
    ...single,
    name: node.process,
    ports: ports.filter((port) => port !== serverPorts(node.profile).epmd),
    restartDelayMs: 100,
    env: {
      ...env,
      ...clusterEnvironment,
      RABBITMQ_NODENAME: node.name,
      RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: `+sbwt none +sbwtdcpu none +sbwtdio none -kernel inet_dist_use_interface ${address} inet_dist_connect_options [{ip,${address}}]`,
    },
  }
}
