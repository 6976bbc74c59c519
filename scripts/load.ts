#!/usr/bin/env node
// Sends load to the running platform and passes or fails by the services' own objectives.
// usage: node scripts/load.ts   (PROFILE=smoke|load RATE=50 SECS=60 GATEWAY=http://…)
import { treeMemory } from '../deploy/host/memory.ts'
import { ownProcesses } from '../deploy/host/proc.ts'
import { hostProfile } from '../deploy/host/profile.ts'
import { ensureSecrets } from '../deploy/host/secrets.ts'
import { pm2Home } from '../deploy/host/supervisor.ts'
import { gatewayUrl, serverUrls } from '../deploy/host/urls.ts'
import { PROFILES } from '../loadtests/shapes.ts'
import { PLACE_ORDER } from '../loadtests/thresholds.ts'
import { services } from '../services/catalogue.ts'
import { megabytes } from './format.ts'
import { figure, runK6, type Summary } from './k6.ts'
import { answers, machine } from './machine.ts'
import { script } from './report.ts'

const profile = hostProfile(process.env)
const { PROFILE = 'smoke', GATEWAY = gatewayUrl(profile), RATE, SECS } = process.env

await script(profile, async () => {
  if (!PROFILES.some((known) => known === PROFILE)) {
    throw new Error(`there is no PROFILE=${PROFILE}: ${PROFILES.join(', ')}`)
  }
  if (!(await answers(`${GATEWAY}/livez`))) {
    throw new Error(`nothing answers at ${GATEWAY}: make up first`)
  }
  const { prometheus } = serverUrls(profile, await ensureSecrets(profile, services))
  const { summary, failed, report } = await runK6(profile, PROFILE, {
    gateway: GATEWAY,
    prometheus: (await answers(`${prometheus}/-/ready`)) ? prometheus : undefined,
    env: { ...(RATE && { RATE }), ...(SECS && { SECS }) },
  })
  for (const line of lines(summary)) console.log(line)
  const running = ownProcesses(pm2Home(profile))
  if (running.length > 0) console.log(`memory of all processes: ${megabytes(treeMemory(running))}`)
  console.log(`${machine()}\nreport: ${report}`)
  if (failed) throw new Error('a threshold broke: see the ✗ above')
})

function lines(summary: Summary): string[] {
  if (PROFILE !== 'load') return [`${figure(summary, 'iterations', 'count')} journeys`]
  const request = `http_req_duration{name:${PLACE_ORDER}}`
  const ms = (metric: string, value: string) => `${Math.round(figure(summary, metric, value))} ms`
  return [
    `orders placed and settled: ${figure(summary, 'settled_orders', 'count')}`,
    `POST /orders: median ${ms(request, 'med')}, p95 ${ms(request, 'p(95)')}, p99 ${ms(request, 'p(99)')}`,
    `placed to paid: median ${ms('placed_to_paid', 'med')}, p99 ${ms('placed_to_paid', 'p(99)')}`,
    `last order settled ${ms('settle_time', 'max')} after the end`,
  ]
}
