import { execFile } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { type ClusterNode, clusterEnvironment } from './cluster.ts'
import type { History } from './history.ts'
import { inflict } from './inflict.ts'
import { cut, mend } from './own-network.ts'
import { pick } from './random.ts'

const run = promisify(execFile)

// Debian's own wrapper in /usr/sbin changes the user and drops the environment.
const RABBITMQCTL = '/usr/lib/rabbitmq/bin/rabbitmqctl'

type Victim = 'leader' | 'any'
export type ClusterFault = { victim: Victim } & (
  | { what: 'kill' }
  | { what: 'pause'; forMs: number }
  | { what: 'stop' | 'cut'; forMs: number }
)

const VICTIMS = [
  ['leader', 2],
  ['any', 1],
] as const
const FAULTS = [
  ['kill', 5],
  ['pause', 2],
  ['stop', 1],
] as const

/** Cutting needs a network of our own. */
export function planClusterFaults(
  random: () => number,
  count: number,
  cutting: boolean,
): ClusterFault[] {
  return Array.from({ length: count }, (): ClusterFault => {
    const victim = pick(random, VICTIMS)
    const what = pick(random, [...FAULTS, ['cut', cutting ? 2 : 0]] as const)
    if (what === 'kill') return { what, victim }
    // Some are over before anybody is missed, and some are not.
    return { what, victim, forMs: Math.round(1_000 + random() * 11_000) }
  })
}

/** Returns when it is over, which is not yet when the node has recovered. */
export async function afflict(
  fault: ClusterFault,
  node: ClusterNode,
  history: History,
): Promise<void> {
  history.tell({ op: 'fault', ...fault, node: node.name })
  const target = { atMs: 0, target: 'rabbitmq' }
  if (fault.what === 'kill' || fault.what === 'pause') {
    return inflict(node.profile, history, { ...target, ...fault })
  }
  const [begin, end] =
    fault.what === 'cut'
      ? [() => cut(node.address), () => mend(node.address)]
      : [() => control(node, 'stop_app'), () => control(node, 'start_app')]
  await begin()
  try {
    await sleep(fault.forMs)
  } finally {
    await end()
  }
}

async function control({ name }: ClusterNode, command: string): Promise<void> {
  const { PATH } = process.env
  const args = ['--longnames', '--node', name, command]
  await run(RABBITMQCTL, args, { env: { PATH, ...clusterEnvironment }, timeout: 120_000 })
}
