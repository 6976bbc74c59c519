import { setTimeout as sleep } from 'node:timers/promises'
import { serverPorts } from '../../deploy/host/ports.ts'
import type { ClusterNode } from './cluster.ts'

const WHOLE_WITHIN_MS = 120_000

export class NotWhole extends Error {
  override name = 'NotWhole'
}

type NodeState = { name: string; running: boolean; partitions: string[] }
type QueueState = { leader: string; online: string[] }

/** What the nodes say of each other, asked through the management API. */
export function clusterView(nodes: readonly ClusterNode[], password: string) {
  const authorization = `Basic ${btoa(`restofy:${password}`)}`

  async function ask<Answer>({ profile }: ClusterNode, path: string): Promise<Answer> {
    const url = `http://127.0.0.1:${serverPorts(profile).management}/api${path}`
    const response = await fetch(url, {
      headers: { authorization },
      signal: AbortSignal.timeout(3_000),
    })
    if (!response.ok) throw new Error(`${url} answers ${response.status}`)
    return (await response.json()) as Answer
  }

  const askEach = <Answer>(path: string) => {
    return Promise.all(nodes.map((node) => ask<Answer>(node, path)))
  }

  /** Until as many nodes run, as each of them sees it. */
  async function untilRunning(wanted: number, withinMs = WHOLE_WITHIN_MS): Promise<void> {
    const asked = nodes.slice(0, wanted)
    await until(`${wanted} nodes run`, withinMs, async () => {
      const views = await Promise.all(asked.map((node) => ask<NodeState[]>(node, '/nodes')))
      return views.every((view) => {
        const together = view.filter(({ running, partitions }) => running && !partitions.length)
        return together.length === wanted
      })
    })
  }

  return {
    untilRunning,
    /** Until all nodes are back, and each has its part in the queue again. */
    async untilWhole(queue: string, withinMs = WHOLE_WITHIN_MS): Promise<void> {
      await untilRunning(nodes.length, withinMs)
      await until(`${queue} has all its members`, withinMs, async () => {
        const views = await askEach<QueueState>(`/queues/%2F/${queue}`)
        return views.every(({ online }) => online.length === nodes.length)
      })
    },
    async leaderOf(queue: string): Promise<ClusterNode> {
      const { leader } = await Promise.any(
        nodes.map((node) => ask<QueueState>(node, `/queues/%2F/${queue}`)),
      )
      const found = nodes.find(({ name }) => name === leader)
      if (!found) throw new Error(`${queue} is led by ${leader}, which is no node of ours`)
      return found
    },
  }
}

export type ClusterView = ReturnType<typeof clusterView>

async function until(what: string, withinMs: number, look: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + withinMs
  let last: unknown
  while (Date.now() < deadline) {
    try {
      if (await look()) return
      last = undefined
    } catch (error) {
      last = error
    }
    await sleep(500)
  }
  throw new NotWhole(`not so after ${withinMs / 1_000} s: ${what}`, { cause: last })
}
