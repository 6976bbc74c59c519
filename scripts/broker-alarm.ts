import { execFile } from 'node:child_process'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { findBinaries } from '../deploy/host/binaries.ts'
import type { Profile } from '../deploy/host/profile.ts'
import { rabbitmqProcess } from '../deploy/host/rabbitmq.ts'
import { waitServers } from '../deploy/host/ready.ts'
import type { Secrets } from '../deploy/host/secrets.ts'
import { serverUrls } from '../deploy/host/urls.ts'

const run = promisify(execFile)

/** The broker looks at its memory every 2.5 s. */
const RISES_WITHIN_MS = 10_000

/**
 * The broker thinks that it has no memory left and blocks everybody who publishes. Returns what ends the
 * alarm.
 */
export async function raiseMemoryAlarm(
  profile: Profile,
  secrets: Secrets,
): Promise<() => Promise<void>> {
  const before = await ctl(profile, 'eval', 'vm_memory_monitor:get_vm_memory_high_watermark().')
  await ctl(profile, 'set_vm_memory_high_watermark', '0')
  const deadline = Date.now() + RISES_WITHIN_MS
  while (await isCalm(profile, secrets)) {
    if (Date.now() > deadline) throw new Error('the broker has raised no memory alarm')
    await sleep(100)
  }
  return async () => {
    await ctl(profile, 'set_vm_memory_high_watermark', before)
    await waitServers(profile, secrets, ['rabbitmq'])
  }
}

async function isCalm(profile: Profile, secrets: Secrets): Promise<boolean> {
  const url = `${serverUrls(profile, secrets).management}/api/health/checks/alarms`
  const headers = { authorization: `Basic ${btoa(`restofy:${secrets.rabbitmq}`)}` }
  return (await fetch(url, { headers })).ok
}

async function ctl(profile: Profile, ...args: string[]): Promise<string> {
  const binaries = findBinaries()
  // Not Debian's own wrapper, which changes the user and drops the environment.
  const program = join(dirname(binaries.rabbitmq), 'rabbitmqctl')
  const { env } = rabbitmqProcess(profile, binaries)
  const { stdout } = await run(program, ['--silent', ...args], {
    env: { PATH: process.env.PATH, ...env },
  })
  return stdout.trim()
}
