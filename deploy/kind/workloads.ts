import type { Profile } from '../host/profile.ts'
import { NAMESPACE } from '../k8s/names.ts'
import { kubectl } from './cluster.ts'

export type WorkloadState = {
  name: string
  kind: string
  /** Of the object: goes up with each change of what is wanted. */
  generation: number
  wanted: number
  /** Pods of this generation that are ready, or completions of a Job. */
  ready: number
  image: string
}

type Listed = {
  kind: string
  metadata: { name: string; generation: number }
  spec: {
    replicas?: number
    completions?: number
    template: { spec: { containers: { image: string }[] } }
  }
  status: Status
}

type Status = {
  observedGeneration?: number
  updatedReplicas?: number
  readyReplicas?: number
  succeeded?: number
}

export async function workloads(profile: Profile): Promise<WorkloadState[]> {
  const kinds = 'statefulsets,jobs,deployments'
  const text = await kubectl(profile, '-n', NAMESPACE, 'get', kinds, '-o', 'json')
  return (JSON.parse(text).items as Listed[]).map(({ kind, metadata, spec, status }) => ({
    name: metadata.name,
    kind,
    generation: metadata.generation,
    wanted: spec.replicas ?? spec.completions ?? 1,
    ready: kind === 'Job' ? (status.succeeded ?? 0) : readyNow(metadata.generation, status),
    image: spec.template.spec.containers[0]!.image,
  }))
}

/** While pods are replaced, both the old and the new may be ready. */
const readyNow = (
  generation: number,
  { observedGeneration, updatedReplicas = 0, readyReplicas = 0 }: Status,
): number => (observedGeneration === generation ? Math.min(updatedReplicas, readyReplicas) : 0)

type Pod = {
  metadata: { name: string }
  status: { phase: string; conditions?: Condition[] }
}

type Condition = { type: string; status: string; reason?: string; message?: string }

/** Pods that no node has room for, and why. */
export async function unscheduled(profile: Profile): Promise<{ name: string; why: string }[]> {
  const pending = ['get', 'pods', '--field-selector', 'status.phase=Pending', '-o', 'json']
  const pods = JSON.parse(await kubectl(profile, '-n', NAMESPACE, ...pending)).items as Pod[]
  return pods.flatMap(({ metadata: { name }, status: { conditions = [] } }) =>
    conditions
      .filter(({ reason }) => reason === 'Unschedulable')
      .map(({ message = '' }) => ({ name, why: message.split(/\. |\.$/)[0]! })),
  )
}

/** Events and last log lines of every pod that does not get ready. */
export async function whatIsStuck(profile: Profile): Promise<string> {
  const own = (...args: string[]) => kubectl(profile, '-n', NAMESPACE, ...args)
  const pods = JSON.parse(await own('get', 'pods', '-o', 'json')).items as Pod[]
  const stuck = pods.filter(({ status }) => status.phase !== 'Succeeded' && !isReady(status))
  const told = stuck.slice(0, 3).map(async ({ metadata: { name }, status }) => {
    const events = await own(
      ...['get', 'events', '--field-selector', `involvedObject.name=${name}`],
      ...['--sort-by=.lastTimestamp', '-o', 'custom-columns=:.reason,:.message', '--no-headers'],
    )
    const logs = await own('logs', name, '--tail=20', '--all-containers').catch(() => '(no log)')
    return `\n${name} (${status.phase})\n${events.trim()}\n${logs.trim()}`
  })
  return (await Promise.all(told)).join('\n')
}

const isReady = ({ conditions = [] }: Pod['status']): boolean =>
  conditions.some(({ type, status }) => type === 'Ready' && status === 'True')
