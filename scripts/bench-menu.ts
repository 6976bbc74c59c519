#!/usr/bin/env node
// Measures what reading a menu costs on the running platform: at the restaurant service, through the
// gateway, and beside them a bare Node server that sends as many bytes.
// usage: node scripts/bench-menu.ts   (ROUNDS=3 SECS=5)
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { cpuOf } from '../deploy/host/cpu.ts'
import { servicePort } from '../deploy/host/ports.ts'
import { hostProfile } from '../deploy/host/profile.ts'
import { listProcesses } from '../deploy/host/supervisor.ts'
import { gatewayUrl } from '../deploy/host/urls.ts'
import { restaurant } from '../services/restaurant/service.ts'
import { answers, machine } from './machine.ts'
import { script } from './report.ts'
import { RESTAURANT } from './sandbox.ts'
import { findRestaurant } from './shop.ts'
import { wrk } from './wrk.ts'

/** Through the gateway, with a core for the gateway and one for the restaurant service. */
const PROMISED_PER_SECOND = 5_000
const WARM_UP_SECS = 5
const MEASURED = ['floor', 'gateway', 'restaurant', 'redis'] as const

type Micros = Record<(typeof MEASURED)[number], number>
type Target = { title: string; url: string; rounds: { perSecond: number; micros: Micros }[] }

const profile = hostProfile(process.env)
const gateway = gatewayUrl(profile)

await script(profile, async () => {
  const { ROUNDS = '3', SECS = '5' } = process.env
  if (!(await answers(`${gateway}/livez`)))
    throw new Error(`nothing answers at ${gateway}: make up first`)
  const path = await menuPath()
  const bytes = (await (await fetch(`${gateway}/api/v1${path}`)).arrayBuffer()).byteLength
  const floor = await startFloor(bytes)
  try {
    const at = (port: number, below: string) => `http://127.0.0.1:${port}${below}`
    const targets: Target[] = [
      { title: 'bare Node server', url: at(floor.port, '/'), rounds: [] },
      { title: 'restaurant', url: at(servicePort(restaurant, profile), path), rounds: [] },
      { title: 'gateway', url: at(Number(new URL(gateway).port), `/api/v1${path}`), rounds: [] },
    ]
    await measure(targets, { rounds: Number(ROUNDS), secs: Number(SECS), floor: floor.pid })
    await report(targets, bytes)
  } finally {
    floor.stop()
  }
})

async function menuPath(): Promise<string> {
  const shown = await findRestaurant({ gateway }, RESTAURANT.name)
  if (!shown) throw new Error(`there is no ${RESTAURANT.name}: make seed first`)
  return `/restaurants/${shown.id}/menu`
}

async function startFloor(bytes: number) {
  const child = spawn(process.execPath, ['scripts/bench-floor.ts', String(bytes)], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const [port] = (await once(child, 'message')) as [number]
  return { port, pid: child.pid!, stop: () => child.kill('SIGKILL') }
}

type Plan = { rounds: number; secs: number; floor: number }

/** Interleaved: a busy moment then touches all alike. */
async function measure(targets: readonly Target[], { rounds, secs, floor }: Plan): Promise<void> {
  const running = (await listProcesses(profile)).map(({ name, pid }) => [name, pid] as const)
  const pids = new Map<string, number>([['floor', floor], ...running])
  const spent = () => MEASURED.map((name) => cpuOf(pids.get(name)!))
  for (const { url } of targets) await wrk(url, { secs: WARM_UP_SECS })
  for (let round = 1; round <= rounds; round++) {
    for (const target of targets) {
      const before = spent()
      const { requests, perSecond } = await wrk(target.url, { secs })
      const micros = spent().map((ms, i) => ((ms - before[i]!) * 1_000) / requests)
      const byName = Object.fromEntries(MEASURED.map((name, i) => [name, micros[i]!])) as Micros
      target.rounds.push({ perSecond, micros: byName })
    }
    console.log(`round ${round} of ${rounds}`)
  }
}

async function report(targets: readonly Target[], bytes: number): Promise<void> {
  const figures = targets.map(({ title, rounds }) => ({
    title,
    perSecond: Math.max(...rounds.map(({ perSecond }) => perSecond)),
    micros: Object.fromEntries(
      MEASURED.map((name) => [name, median(rounds.map(({ micros }) => micros[name]))]),
    ) as Micros,
  }))
  const cell = (micros: number) => (micros < 0.5 ? '' : micros.toFixed(0))
  console.log(`\n| GET …/menu, ${bytes} bytes, at | best req/s | CPU µs: ${MEASURED.join(' | ')} |`)
  console.log(`| --- | --- | ${MEASURED.map(() => '---').join(' | ')} |`)
  for (const { title, perSecond, micros } of figures) {
    const cells = MEASURED.map((name) => cell(micros[name]))
    console.log(`| ${[title, perSecond.toFixed(0), ...cells].join(' | ')} |`)
  }
  const { micros } = figures.at(-1)!
  // Everything shares two cores here, the generator too: a core each is what the CPU of a request leaves.
  const possible = 1e6 / Math.max(micros.gateway, micros.restaurant)
  const kept = possible >= PROMISED_PER_SECOND ? 'kept' : 'NOT kept'
  console.log(`\n${machine()}`)
  console.log(
    `with a core each: ${possible.toFixed(0)} menus/s, promised ${PROMISED_PER_SECOND}: ${kept}`,
  )
  const folder = join(profile.dir, 'reports')
  await mkdir(folder, { recursive: true })
  const result = { machine: machine(), bytes, promised: PROMISED_PER_SECOND, possible, figures }
  await writeFile(join(folder, 'menu.json'), JSON.stringify(result, null, 2))
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!
}
