import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { serverPorts, servicePort } from '../../deploy/host/ports.ts'
import { dataDirectory } from '../../deploy/host/postgres.ts'
import { isAlive, portOwners } from '../../deploy/host/proc.ts'
import type { Profile } from '../../deploy/host/profile.ts'
import { services } from '../../services/catalogue.ts'
import type { History } from './history.ts'
import type { Fault } from './plan.ts'

/** On a machine that has nothing else to do, a service is back in two seconds. */
const UP_WITHIN_MS = 240_000

/** Does it to whatever listens there now; one that is still down from the last time is waited for. */
export async function inflict(profile: Profile, history: History, fault: Fault): Promise<void> {
  const pid = await runningPid(profile, fault.target)
  history.tell({ op: fault.what, target: fault.target, pid })
  if (fault.what === 'kill') return void process.kill(pid, 'SIGKILL')
  process.kill(pid, 'SIGSTOP')
  await sleep(fault.forMs)
  if (isAlive(pid)) process.kill(pid, 'SIGCONT')
  history.tell({ op: 'resume', target: fault.target, pid })
}

export async function runningPid(profile: Profile, target: string): Promise<number> {
  const deadline = Date.now() + UP_WITHIN_MS
  while (Date.now() < deadline) {
    const pid = pidOf(profile, target)
    if (pid > 0 && isAlive(pid)) return pid
    await sleep(50)
  }
  throw new Error(`${target} has been down for ${UP_WITHIN_MS / 1_000} s`)
}

function pidOf(profile: Profile, target: string): number {
  if (target === 'postgres') return postmaster(profile)
  const port = portOf(profile, target)
  return portOwners([port]).get(port) ?? 0
}

/** Its children answer on the same port; it is the one who started them. */
export function postmaster(profile: Profile): number {
  try {
    const [pid] = readFileSync(join(dataDirectory(profile), 'postmaster.pid'), 'utf8').split('\n')
    return Number(pid)
  } catch {
    return 0
  }
}

function portOf(profile: Profile, target: string): number {
  const ports = serverPorts(profile)
  if (target === 'rabbitmq') return ports.amqp
  if (target === 'redis') return ports.redis
  return servicePort(services.find(({ name }) => name === target)!, profile)
}
