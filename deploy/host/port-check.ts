import { commandOf, ownProcesses, portOwners } from './proc.ts'
import type { ProcessDefinition } from './process.ts'
import type { Profile } from './profile.ts'
import { pm2Home } from './supervisor.ts'

/** Stops before anything starts when somebody else listens where a process of ours would. */
export async function assertPortsFree(
  profile: Profile,
  definitions: readonly ProcessDefinition[],
): Promise<void> {
  const owners = portOwners(definitions.flatMap(({ ports }) => ports))
  if (owners.size === 0) return
  const ours = new Set(ownProcesses(pm2Home(profile)))
  const taken = definitions.flatMap(({ name, ports }) => {
    const [first] = ports.filter((port) => owners.has(port) && !ours.has(owners.get(port)!))
    return first === undefined ? [] : [takenPort(name, first, owners.get(first)!)]
  })
  if (taken.length === 0) return
  const elsewhere = profile.offset + 20_000
  throw new Error(
    `${taken.join('\n')}\nEnd that, or move all of Restofy's ports: make up PORT_OFFSET=${elsewhere}`,
  )
}

export function takenPort(process: string, port: number, owner: number): string {
  const who =
    owner > 0 ? `pid ${owner}, ${commandOf(owner).slice(0, 90)}` : `another user's process`
  return `port ${port}, which ${process} needs, is taken by ${who}`
}
