import { rm } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { stopPostgres } from './postgres.ts'
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
  const before = ownProcesses(pm2Home(profile)).length
  if (await supervisorPid(profile)) {
    // Services first, callers before the called: they drain into what is still there.
    const running = new Set((await listProcesses(profile)).map(({ name }) => name))
    const services = (await startedProcesses(profile, 'services')).map(({ name }) => name)
    await removeProcesses(
      profile,
      services.reverse().filter((name) => running.has(name)),
    )
    await stopPostgres(profile)
    await endSupervisor(profile)
  }
  await endLeftovers(profile)
  await assertPortsFreed(profile)
  if (purge) await rm(profile.dir, { recursive: true, force: true })
  return before
}

/** What outlived its supervisor (or is a daemon of its own, as epmd is). */
export async function endLeftovers(profile: Profile): Promise<void> {
  await stopPostgres(profile)
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

async function assertPortsFreed(profile: Profile): Promise<void> {
  const definitions = [
    ...(await startedProcesses(profile, 'servers')),
    ...(await startedProcesses(profile, 'services')),
  ]
  const ports = definitions.flatMap((definition) => definition.ports)
  const ours = new Set(ownProcesses(pm2Home(profile)))
  const held = () => [...portOwners(ports)].filter(([, pid]) => ours.has(pid))
  if (await until(() => held().length === 0, 5_000)) return
  throw new Error(`still listening: ${held().map(([port, pid]) => `${port} (pid ${pid})`)}`)
}

async function until(done: () => boolean, withinMs: number): Promise<boolean> {
  const deadline = Date.now() + withinMs
  while (!done()) {
    if (Date.now() > deadline) return false
    await sleep(50)
  }
  return true
}
