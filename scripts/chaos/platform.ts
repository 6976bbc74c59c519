import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { startServers, startServices } from '../../deploy/host/host.ts'
import { serviceUrls } from '../../deploy/host/ports.ts'
import { isAlive, ownProcesses } from '../../deploy/host/proc.ts'
import { chaosProfile, ROOT } from '../../deploy/host/profile.ts'
import type { Secrets } from '../../deploy/host/secrets.ts'
import { stopAll } from '../../deploy/host/stop.ts'
import { pm2Home, supervisorPid } from '../../deploy/host/supervisor.ts'
import { gateway as manifest } from '../../services/gateway/service.ts'
import { step } from '../report.ts'

export const profile = chaosProfile
export const gateway = serviceUrls(manifest, profile)[0]!

/** What is still to be read when the platform is gone. */
export const campaignFile = (name: string): string =>
  join(ROOT, '.restofy', 'campaigns', `${name}.jsonl`)

const hitsFile = (name: string) => campaignFile(`${name}-hits`)

/** An empty platform of its own, as small as an order needs. */
export async function freshServers(): Promise<Secrets> {
  await endPlatform(true)
  const servers = ['postgres', 'rabbitmq', 'redis'] as const
  return (await startServers(profile, { servers, step })).secrets
}

/** Services that fail as `failpoints` says; returns the file in which they count how often they did. */
export async function startFailing(name: string, failpoints = '', steady = false): Promise<string> {
  const hits = hitsFile(name)
  rmSync(hits, { force: true })
  await startServices(profile, {
    env: {
      // An order that nobody pays is over within a campaign.
      PAYMENT_TIMEOUT_MS: '8000',
      ...(failpoints && { FAILPOINTS: failpoints, FAILPOINT_HITS: hits }),
    },
    ...(steady && { restartDelayMs: 100 }),
    step,
  })
  return hits
}

/** Without farewell: what is killed all the time need not drain at its end. */
export const endPlatform = (purge: boolean): Promise<number> =>
  step('end what runs', async () => {
    // The supervisor first, or it would start the others again.
    const all = [await supervisorPid(profile), ...ownProcesses(pm2Home(profile))]
    for (const pid of all) if (pid > 0 && isAlive(pid)) process.kill(pid, 'SIGKILL')
    return stopAll(profile, { purge })
  })
