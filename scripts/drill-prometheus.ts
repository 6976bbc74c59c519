import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { findBinaries } from '../deploy/host/binaries.ts'
import type { Instances } from '../deploy/host/instances.ts'
import type { Profile } from '../deploy/host/profile.ts'
import { scrapeTargets } from '../deploy/host/scrape-targets.ts'
import { prometheusConfig, staticScrapes } from '../deploy/prometheus/config.ts'
import { allRules } from '../deploy/prometheus/rules.ts'
import type { Timescale } from '../deploy/prometheus/timescale.ts'
import { services } from '../services/catalogue.ts'

export type FiringAlert = { alertname: string } & Record<string, string>

export type DrillPrometheus = {
  firing: () => Promise<FiringAlert[]>
  stop: () => Promise<void>
}

const READY_WITHIN_MS = 20_000

/** A second Prometheus beside the platform's own, with the same rules on a faster clock. Its data is thrown away. */
export async function drillPrometheus(
  profile: Profile,
  instances: Instances,
  scale: Timescale,
): Promise<DrillPrometheus> {
  const folder = join(profile.dir, 'drill')
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  const scrapes = staticScrapes(scrapeTargets(profile, services, instances))
  const config = prometheusConfig({
    ...{ scrapes, ruleFiles: ['rules.json'], everySecs: scale.scrapeSecs },
  })
  await writeFile(join(folder, 'prometheus.json'), JSON.stringify(config))
  await writeFile(join(folder, 'rules.json'), JSON.stringify(allRules(services, { scale })))
  const url = `http://127.0.0.1:${await freePort()}`
  const child = spawn(
    findBinaries().prometheus,
    [
      `--config.file=${join(folder, 'prometheus.json')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=${new URL(url).host}`,
      '--log.level=error',
    ],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  )
  const ended = once(child, 'exit')
  const stop = async () => {
    child.kill('SIGTERM')
    await ended
    await rm(folder, { recursive: true, force: true })
  }
  try {
    await ready(url, () => child.exitCode !== null)
  } catch (error) {
    await stop()
    throw error
  }
  return { stop, firing: () => firing(url) }
}

async function ready(url: string, hasEnded: () => boolean): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS
  for (;;) {
    const answer = await fetch(`${url}/-/ready`).catch(() => undefined)
    if (answer?.ok) return
    if (hasEnded() || Date.now() > deadline)
      throw new Error('the Prometheus of the drill did not start')
    await sleep(100)
  }
}

async function firing(url: string): Promise<FiringAlert[]> {
  const { data } = (await (await fetch(`${url}/api/v1/alerts`)).json()) as {
    data: { alerts: { state: string; labels: FiringAlert }[] }
  }
  return data.alerts.filter(({ state }) => state === 'firing').map(({ labels }) => labels)
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}
