#!/usr/bin/env node
// Measures the running platform at a constant rate of orders and prints its figures.
// usage: node scripts/bench.ts   (RATE=50 SECS=60)
import { writeFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { cpuSpent, cpuTimes } from '../deploy/host/cpu.ts'
import { treeMemory } from '../deploy/host/memory.ts'
import { ownProcesses } from '../deploy/host/proc.ts'
import { hostProfile } from '../deploy/host/profile.ts'
import { pm2Home } from '../deploy/host/supervisor.ts'
import { gatewayUrl } from '../deploy/host/urls.ts'
import { LOAD } from '../loadtests/shapes.ts'
import { PLACE_ORDER } from '../loadtests/thresholds.ts'
import { megabytes } from './format.ts'
import { figure, runK6 } from './k6.ts'
import { answers, machine } from './machine.ts'
import { script } from './report.ts'

const profile = hostProfile(process.env)
const gateway = gatewayUrl(profile)
const { RATE = String(LOAD.rate), SECS = String(LOAD.secs) } = process.env
const WARM_UP = { RATE: '20', SECS: '10' }

await script(profile, async () => {
  if (!(await answers(`${gateway}/livez`)))
    throw new Error(`nothing answers at ${gateway}: make up first`)
  console.log(`warm-up: ${WARM_UP.SECS} s at ${WARM_UP.RATE} orders/s, not counted`)
  await runK6(profile, 'load', { gateway, env: WARM_UP })
  const idle = await spentOver(() => sleep(5_000))
  const before = cpuTimes(profile)
  const { summary, failed, report } = await runK6(profile, 'load', { gateway, env: { RATE, SECS } })
  const spent = await cpuSpent(profile, before, cpuTimes(profile))

  const orders = figure(summary, 'settled_orders', 'count')
  const total = [...spent.values()].reduce((sum, ms) => sum + ms, 0)
  const request = `http_req_duration{name:${PLACE_ORDER}}`
  const seconds = Number(SECS) + figure(summary, 'settle_time', 'max') / 1_000
  const rows: [string, string][] = [
    ['settled orders per second', (orders / seconds).toFixed(1)],
    ['CPU per settled order, all processes', `${(total / orders).toFixed(2)} ms`],
    ['POST /orders, p99', `${figure(summary, request, 'p(99)').toFixed(0)} ms`],
    ['placed to paid, p99', `${figure(summary, 'placed_to_paid', 'p(99)').toFixed(0)} ms`],
    ['memory after the run', megabytes(treeMemory(ownProcesses(pm2Home(profile))))],
    ['CPU when idle', `${((idle / 5_000) * 100).toFixed(1)} % of a core`],
  ]
  const processes = [...spent].sort(([, a], [, b]) => b - a).filter(([, ms]) => ms > 0)
  printTable(`${RATE} orders/s for ${SECS} s`, rows)
  printTable(
    'CPU per order',
    processes.map(([name, ms]) => [name, `${(ms / orders).toFixed(3)} ms`]),
  )
  const figures = {
    machine: machine(),
    rate: Number(RATE),
    secs: Number(SECS),
    ...Object.fromEntries(rows),
  }
  await writeFile(report.replace('load.html', 'bench.json'), JSON.stringify(figures, null, 2))
  console.log(machine())
  if (failed)
    throw new Error('the run broke its thresholds: these figures are of a platform that failed')
})

async function spentOver(work: () => Promise<unknown>): Promise<number> {
  const before = cpuTimes(profile)
  await work()
  const spent = await cpuSpent(profile, before, cpuTimes(profile))
  return [...spent.values()].reduce((sum, ms) => sum + ms, 0)
}

function printTable(title: string, rows: [string, string][]): void {
  console.log(`\n| ${title} | |\n| --- | --- |`)
  for (const [name, value] of rows) console.log(`| ${name} | ${value} |`)
}
