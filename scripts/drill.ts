#!/usr/bin/env node
// Breaks the running platform on purpose, waits for the alert that has to say so, heals it, and waits
// until the alert is gone. Alerts run 60 times faster here, in a Prometheus of the drill's own.
// usage: node scripts/drill.ts   (FAULT=payment-down,broker-blocked; without one all of them)
import { setTimeout as sleep } from 'node:timers/promises'
import chalk from 'chalk'
import { rememberInstances } from '../deploy/host/instances.ts'
import { hostProfile } from '../deploy/host/profile.ts'
import { ensureSecrets } from '../deploy/host/secrets.ts'
import { gatewayUrl } from '../deploy/host/urls.ts'
import { services } from '../services/catalogue.ts'
import { quietEvening } from './drill-load.ts'
import { type DrillPrometheus, drillPrometheus, type FiringAlert } from './drill-prometheus.ts'
import { FAULTS, type Fault } from './faults.ts'
import { answers, machine } from './machine.ts'
import { script, step } from './report.ts'

const SCALE = { timescale: 60, scrapeSecs: 1 }
const FIRES_WITHIN_MS = 90_000
const CLEARS_WITHIN_MS = 120_000

const profile = hostProfile(process.env)
const gateway = gatewayUrl(profile)
const { FAULT } = process.env

const inSeconds = (ms: number) => `${(ms / 1_000).toFixed(1)} s`

/** What undoes the fault of the moment; run on every way out. */
let heal = async () => {}

type Result = { name: string; alert: string; firedMs: number; clearedMs: number }

await script(profile, async () => {
  const chosen = FAULT ? FAULT.split(',') : Object.keys(FAULTS)
  const unknown = chosen.find((name) => !FAULTS[name])
  if (unknown) throw new Error(`there is no FAULT=${unknown}: ${Object.keys(FAULTS).join(', ')}`)
  if (!(await answers(`${gateway}/readyz`))) {
    throw new Error(`nothing is ready at ${gateway}: make up first`)
  }
  const startedAt = Date.now()
  const secrets = await ensureSecrets(profile, services)
  const prometheus = await step('start a Prometheus with fast alerts', async () =>
    drillPrometheus(profile, await rememberInstances(profile), SCALE),
  )
  const evening = await quietEvening(gateway)
  healOnInterrupt()
  const results: Result[] = []
  try {
    for (const name of chosen) {
      results.push(await drill(name, FAULTS[name]!, prometheus, secrets))
    }
  } finally {
    await heal()
    await evening.stop()
    await prometheus.stop()
    print(results)
  }
  console.log(`${results.length} alerts fired and cleared in ${inSeconds(Date.now() - startedAt)}`)
  console.log(machine())
})

async function drill(
  name: string,
  { alert, what, inject }: Fault,
  prometheus: DrillPrometheus,
  secrets: Parameters<Fault['inject']>[0]['secrets'],
): Promise<Result> {
  const isAlert = (found: FiringAlert) =>
    Object.entries(alert).every(([label, value]) => found[label] === value)
  const becomes = async (wanted: boolean, withinMs: number, startedAt = Date.now()) => {
    for (;;) {
      const found = await prometheus.firing()
      if (found.some(isAlert) === wanted) return Date.now() - startedAt
      if (Date.now() - startedAt > withinMs) {
        const names = [...new Set(found.map(({ alertname }) => alertname))]
        throw new Error(
          `${alert.alertname} ${wanted ? 'did not fire' : 'did not clear'} within ${withinMs / 1_000} s; firing: ${names.join(', ') || 'nothing'}`,
        )
      }
      await sleep(250)
    }
  }

  await step(`${name}: ${alert.alertname} is silent`, () => becomes(false, CLEARS_WITHIN_MS))
  const brokenAt = Date.now()
  const injected = inject({ profile, secrets })
  // Set before the fault is complete: half a fault has to be healed as well.
  heal = async () => (await injected)()
  await injected
  const firedMs = await step(`${name}: ${what}; ${alert.alertname} fires`, () =>
    becomes(true, FIRES_WITHIN_MS, brokenAt),
  )
  await heal()
  heal = async () => {}
  const clearedMs = await step(`${name}: healed; ${alert.alertname} clears`, () =>
    becomes(false, CLEARS_WITHIN_MS),
  )
  return { name, alert: alert.alertname, firedMs, clearedMs }
}

function healOnInterrupt(): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      console.error(`${signal}: healing first`)
      void heal().finally(() => process.exit(130))
    })
  }
}

function print(results: readonly Result[]): void {
  const row = (cells: readonly string[]) => cells.map((cell) => cell.padEnd(22)).join(' ')
  console.log(chalk.bold(row(['fault', 'alert', 'fired after', 'cleared after healing'])))
  for (const { name, alert, firedMs, clearedMs } of results) {
    console.log(row([name, alert, inSeconds(firedMs), inSeconds(clearedMs)]))
  }
}
