import { contentOf, pids } from './proc.ts'

/**
 * Proportional set size of a process and all its descendants, in bytes: pages that PostgreSQL's
 * processes share count once, not ten times. Where the kernel will not say, resident size instead.
 */
export const treeMemory = (roots: readonly number[]): number =>
  familyOf(roots).reduce((total, pid) => total + memoryOf(pid), 0)

/** These processes and all their descendants, each once. */
export function familyOf(roots: readonly number[]): number[] {
  const children = childrenByParent()
  const seen = new Set<number>()
  const queue = roots.filter((pid) => pid > 0)
  for (let pid = queue.pop(); pid !== undefined; pid = queue.pop()) {
    if (seen.has(pid)) continue
    seen.add(pid)
    queue.push(...(children.get(pid) ?? []))
  }
  return [...seen]
}

function childrenByParent(): Map<number, number[]> {
  const children = new Map<number, number[]>()
  for (const pid of pids()) {
    // The name in parentheses may hold spaces: the parent is the second field after it.
    const parent = Number(
      contentOf(`/proc/${pid}/stat`)
        .replace(/^.*\) /s, '')
        .split(' ')[1],
    )
    children.set(parent, [...(children.get(parent) ?? []), pid])
  }
  return children
}

function memoryOf(pid: number): number {
  const pss = kilobytes(contentOf(`/proc/${pid}/smaps_rollup`), 'Pss')
  return 1_024 * (pss ?? kilobytes(contentOf(`/proc/${pid}/status`), 'VmRSS') ?? 0)
}

export function kilobytes(file: string, field: string): number | undefined {
  const found = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(file)?.[1]
  return found === undefined ? undefined : Number(found)
}
