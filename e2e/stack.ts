import { eventually } from '#platform/testing.ts'
import { serverPorts } from '../deploy/host/ports.ts'
import { hostProfile } from '../deploy/host/profile.ts'
import { listProcesses } from '../deploy/host/supervisor.ts'

/** The installation behind the gateway: its processes and servers. Only for tests that need to break or read it. */
export const profile = hostProfile(process.env)
export const ports = serverPorts(profile)

/** Kills a process as a crash would, and returns once its supervisor has another one running. */
export async function crash(name: string): Promise<void> {
  const before = await find(name)
  process.kill(before.pid, 'SIGKILL')
  await eventually(async () => (await find(name)).pid !== before.pid, 60_000)
}

export async function signal(name: string, what: NodeJS.Signals): Promise<void> {
  process.kill((await find(name)).pid, what)
}

async function find(name: string) {
  const found = (await listProcesses(profile)).find((process) => process.name === name)
  if (!found?.pid) throw new Error(`${name} is not running`)
  return found
}
