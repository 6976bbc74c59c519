import { familyOf } from './memory.ts'
import { contentOf, ownProcesses } from './proc.ts'
import type { Profile } from './profile.ts'
import { listProcesses, pm2Home } from './supervisor.ts'

/** Linux counts CPU time in hundredths of a second, whatever the kernel's own tick. */
const TICK_MS = 10

/** CPU milliseconds used so far by every process of an installation, by pid. */
export function cpuTimes(profile: Profile): Map<number, number> {
  // With their children: PostgreSQL's write their titles over what marks a process as ours.
  const family = familyOf(ownProcesses(pm2Home(profile)))
  return new Map(family.map((pid) => [pid, cpuOf(pid)]))
}

/** CPU milliseconds one process has used so far, its children not counted. */
export function cpuOf(pid: number): number {
  // utime and stime are the 14th and 15th fields; the second may hold spaces.
  const fields = contentOf(`/proc/${pid}/stat`)
    .replace(/^.*\) /s, '')
    .split(' ')
  return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) * TICK_MS
}

/** CPU milliseconds spent between two readings, by process name; children count for their supervised parent. */
export async function cpuSpent(
  profile: Profile,
  before: ReadonlyMap<number, number>,
  after: ReadonlyMap<number, number>,
): Promise<Map<string, number>> {
  const names = new Map((await listProcesses(profile)).map(({ pid, name }) => [pid, name]))
  const spent = new Map<string, number>()
  for (const [pid, ms] of after) {
    const name = ownerOf(pid, names)
    spent.set(name, (spent.get(name) ?? 0) + ms - (before.get(pid) ?? 0))
  }
  return spent
}

function ownerOf(pid: number, names: ReadonlyMap<number, string>): string {
  for (let ancestor = pid; ancestor > 1; ancestor = parentOf(ancestor)) {
    const name = names.get(ancestor)
    if (name) return name
  }
  return 'supervisor'
}

const parentOf = (pid: number): number =>
  Number(
    contentOf(`/proc/${pid}/stat`)
      .replace(/^.*\) /s, '')
      .split(' ')[1] ?? 0,
  )
