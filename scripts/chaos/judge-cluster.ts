import { setTimeout as sleep } from 'node:timers/promises'
import { step } from '../report.ts'
import { type ClusterNode, nodes, startCluster } from './cluster.ts'
import { afflict, type ClusterFault, planClusterFaults } from './cluster-faults.ts'
import { type ClusterView, NotWhole } from './cluster-view.ts'
import { type History, openHistory } from './history.ts'
import { inflict } from './inflict.ts'
import { judgeQueue } from './judge-queue.ts'
import { hasOwnNetwork } from './own-network.ts'
import { campaignFile } from './platform.ts'
import { QUEUE, type QueueStation, queueStation } from './queue-station.ts'
import { oneOf, seeded } from './random.ts'

/** Between batches that are to last about as long as a fault. */
const PAUSE_MS = 250
/** Within this time of its beginning, a share of the messages flows at full speed. */
const STRIKE_WITHIN_MS = 300
/** By itself. */
const HEALS_WITHIN_MS = 45_000

type Size = { seed: number; messages: number; kills: number; trusting: boolean }

/**
 * Nodes of a cluster are killed, stopped and cut off, one at a time: what a majority has confirmed is
 * still there in the end. `trusting` takes everything that was sent for confirmed.
 */
export async function checkCluster({ seed, messages, kills, trusting }: Size): Promise<void> {
  const { urls, view } = await startCluster()
  const history = openHistory(campaignFile('cluster'))
  const random = seeded(seed)
  const faults = planClusterFaults(random, kills, hasOwnNetwork())
  history.tell({ op: 'plan', seed, messages, faults })
  const station = await queueStation(urls, { trusting })
  try {
    await step(`${messages} messages, ${kills} faults of three brokers`, async () => {
      await station.ready()
      await view.untilWhole(QUEUE)
      for (const fault of faults) {
        const victim = fault.victim === 'leader' ? await view.leaderOf(QUEUE) : oneOf(random, nodes)
        const flowing = flow(station, messages / kills)
        await sleep(random() * STRIKE_WITHIN_MS)
        await afflict(fault, victim, history)
        await Promise.all([flowing, heals(view, victim, history)])
        history.tell({ op: 'whole' })
      }
    })
    await judgeQueue(station, history, { nodes: nodes.length, faults: countsOf(faults) })
  } finally {
    await station.close()
  }
}

/**
 * A node that stood still for as long as it takes to be missed, and was back before it could be paused,
 * leaves the cluster divided: RabbitMQ then wants its operator to restart it.
 */
async function heals(view: ClusterView, victim: ClusterNode, history: History): Promise<void> {
  try {
    await view.untilWhole(QUEUE, HEALS_WITHIN_MS)
  } catch (error) {
    if (!(error instanceof NotWhole)) throw error
    history.tell({ op: 'restart', node: victim.name, because: error.message })
    await inflict(victim.profile, history, { atMs: 0, target: 'rabbitmq', what: 'kill' })
    await view.untilWhole(QUEUE)
  }
}

/** How many of each kind. */
const countsOf = (faults: readonly ClusterFault[]) =>
  Object.fromEntries(
    Object.entries(Object.groupBy(faults, ({ what }) => what)).map(([what, all]) => [
      what,
      all.length,
    ]),
  )

/** Fast when the fault comes, so that much is under way, and slowly for as long as it lasts. */
async function flow(station: QueueStation, messages: number): Promise<void> {
  await station.publish(Math.ceil(messages / 2))
  await station.publish(Math.floor(messages / 2), PAUSE_MS)
}
