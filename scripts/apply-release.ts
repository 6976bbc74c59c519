import { setTimeout as sleep } from 'node:timers/promises'
import { chalk } from 'zx'
import type { Profile } from '../deploy/host/profile.ts'
import type { Release } from '../deploy/k8s/program.ts'
import { rememberRelease } from '../deploy/kind/release.ts'
import { openStack } from '../deploy/kind/stack.ts'
import {
  unscheduled,
  type WorkloadState,
  whatIsStuck,
  workloads,
} from '../deploy/kind/workloads.ts'
import { step } from './report.ts'

/** Runs the program; tells each workload as it becomes ready, and why one does not. `stop` ends it half-way. */
export async function applyRelease(
  profile: Profile,
  release: Release,
  stop?: AbortSignal,
): Promise<void> {
  const stack = await openStack(profile, release)
  const told = new AbortController()
  const telling = tellReady(profile, told.signal)
  try {
    // What Pulumi says of each object is in its state; here the workloads' own words are worth more.
    const { summary } = await step('pulumi up', () => stack.up(stop && { signal: stop }))
    const changes = Object.entries(summary.resourceChanges ?? {})
    console.log(changes.map(([what, count]) => `${count} ${what}`).join(', '))
  } catch (error) {
    stop?.throwIfAborted()
    console.error(await whatIsStuck(profile).catch((cause) => `nothing to see: ${cause.message}`))
    throw new Error(lastErrors(String(error)), { cause: error })
  } finally {
    told.abort()
    await telling
  }
  await rememberRelease(profile, release)
}

/** Pulumi repeats its whole output in what it throws. */
const lastErrors = (text: string): string =>
  [...new Set(text.split('\n').filter((line) => /error:|not ready/.test(line)))]
    .slice(-10)
    .join('\n')

async function tellReady(profile: Profile, done: AbortSignal): Promise<void> {
  const startedAt = performance.now()
  const known = new Set<string>((await readyNow(profile)).map(keyOf))
  const tell = (key: string, news: string) => {
    if (known.has(key)) return
    known.add(key)
    const seconds = ((performance.now() - startedAt) / 1_000).toFixed(0)
    console.log(chalk.dim(`  ${seconds.padStart(4)} s  ${news}`))
  }
  while (!done.aborted) {
    for (const state of await readyNow(profile)) tell(keyOf(state), `${state.kind} ${state.name}`)
    for (const { name, why } of await unscheduled(profile).catch(() => [])) {
      tell(`${name} ${why}`, `${name} waits for a node: ${why}`)
    }
    await sleep(1_000, undefined, { signal: done }).catch(() => {})
  }
}

const keyOf = ({ kind, name, generation }: WorkloadState): string => `${kind} ${name} ${generation}`

async function readyNow(profile: Profile): Promise<WorkloadState[]> {
  // Until the first objects are there, there is nothing to list.
  const states = await workloads(profile).catch(() => [])
  return states.filter(({ ready, wanted }) => ready >= wanted)
}
