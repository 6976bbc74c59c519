import { rm } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { interruptPostgres } from './postgres.ts'
import { isAlive, ownProcesses, portOwners } from './proc.ts'
import type { Profile } from './profile.ts'
import {
  endSupervisor,
  listProcesses,
  pm2Home,
  removeProcesses,
  startedProcesses,
  supervisorPid,
} from './supervisor.ts'

/** Ends everything this installation runs and frees its ports. Returns how many processes ended. */
export async function stopAll(
  profile: Profile,
  { purge = false }: { purge?: boolean } = {},
): Promise<number> {
  const before = ownProcesses(pm2Home(profile))
  const ports = await portsHeld(profile, before)
  if (await supervisorPid(profile)) {
    // Services first, callers before the called: they drain into what is still there.
    const running = new Set((await listProcesses(profile)).map(({ name }) => name))
    const services = (await startedProcesses(profile, 'services')).map(({ name }) => name)
    await removeProcesses(
      profile,
      services.reverse().filter((name) => running.has(name)),
    )
    await endServers(profile)
  }
  await endLeftovers(profile)
  await assertFreed(ports)
  if (purge) await rm(profile.dir, { recursive: true, force: true })
  return before.length
}

async function endServers(profile: Profile): Promise<void> {
  // Only once pm2 has sent its SIGTERM, or it would start PostgreSQL again: hence again and again.
  const hurry = setInterval(() => interruptPostgres(profile), 1_000)
  try {
    await endSupervisor(profile)
  } finally {
    clearInterval(hurry)
  }
}

/** What outlived its supervisor (or is a daemon of its own, as epmd is). */
export async function endLeftovers(profile: Profile): Promise<void> {
  interruptPostgres(profile)
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    const left = ownProcesses(pm2Home(profile))
    if (left.length === 0) return
    for (const pid of left) signalIfAlive(pid, signal)
    await until(() => !left.some(isAlive), 10_000)
  }
}

function signalIfAlive(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // It ended between being found and being signalled.
  }
}

/** The ports that processes of ours listen on just now. */
async function portsHeld(profile: Profile, pids: readonly number[]): Promise<number[]> {
  const definitions = [
    ...(await startedProcesses(profile, 'servers')),
    ...(await startedProcesses(profile, 'services')),
  ]
  const owners = portOwners(definitions.flatMap(({ ports }) => ports))
  return [...owners].filter(([, pid]) => pids.includes(pid)).map(([port]) => port)
}

async function assertFreed(ports: readonly number[]): Promise<void> {
  if (await until(() => portOwners(ports).size === 0, 5_000)) return
  const held = [...portOwners(ports)].map(([port, pid]) => `${port} (pid ${pid})`)
  throw new Error(`still listening: ${held.join(', ')}`)
}

async function until(done: () => boolean, withinMs: number): Promise<boolean> {
  const deadline = Date.now() + withinMs
  while (!done()) {
    if (Date.now() > deadline) return false
    await sleep(50)
  }
  return true
}
