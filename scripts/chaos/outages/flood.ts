import { setTimeout as sleep } from 'node:timers/promises'
import { kilobytes } from '../../../deploy/host/memory.ts'
import { contentOf } from '../../../deploy/host/proc.ts'
import type { Profile } from '../../../deploy/host/profile.ts'
import {
  listProcesses,
  logFile,
  restartProcess,
  stopProcess,
} from '../../../deploy/host/supervisor.ts'
import type { Message } from '../../../services/platform/outbox.ts'
import { tracking } from '../../../services/tracking/service.ts'
import { heardIn } from '../heard.ts'
import { readHistory } from '../history.ts'
import type { Outage, Scene } from './outage.ts'
import { pileUp } from './pile-up.ts'
import { atLeast, atMost, servedAtOnce } from './promises.ts'
import { asSuperuser } from './superuser.ts'

const QUEUE = 'tracking.orders'
const ORDERS = 16_667
const CALM_MS = 10_000
const DRAINS_WITHIN_MS = 150_000

const prefetch = tracking.hears.find(({ queue }) => queue === QUEUE)!.prefetch ?? 32

/** The read side was away, and finds 50,000 events. */
export const flood: Outage = {
  what: `tracking comes back to ${ORDERS * 3} messages`,
  ...{ seconds: 90, perSecond: 10 },
  async happen(scene) {
    const { profile, history } = scene
    await sleep(CALM_MS)
    const memoryBeforeMb = megabytes(await trackingPid(profile), 'VmRSS')
    history.tell({ op: 'away' })
    await stopProcess(profile, tracking.name)
    const piled = await pileUp(scene, QUEUE, ORDERS)
    history.tell({ op: 'back', backlog: piled.length })
    const backAt = Date.now()
    await restartProcess(profile, tracking.name)
    const pid = await trackingPid(profile)
    await drained(scene)
    history.tell({ op: 'drained' })
    const drainedMs = Date.now() - backAt
    return {
      ...{
        backlog: piled.length,
        drainedMs,
        handledPerSecond: Math.round((piled.length / drainedMs) * 1e3),
      },
      ...{ memoryBeforeMb, memoryPeakMb: megabytes(pid, 'VmHWM') },
      overtaken: overtaken(logFile(profile, tracking.name), piled),
      ...postTimes(scene),
    }
  },
  mustHold: [
    servedAtOnce,
    atMost('exited', 1),
    atLeast('backlog', 50_000),
    atMost('memoryPeakMb', Number.parseInt(tracking.resources.memory, 10)),
    atMost('overtaken', 2 * prefetch),
  ],
}

async function trackingPid(profile: Profile): Promise<number> {
  const found = (await listProcesses(profile)).find(({ name }) => name === tracking.name)
  return found?.pid ?? 0
}

/** Of a process that has ended, nothing is known. */
const megabytes = (pid: number, field: 'VmRSS' | 'VmHWM'): number =>
  Math.round(kilobytes(contentOf(`/proc/${pid}/status`), field)! / 1_024)

/** Until every order of the backlog is shown as it ended. */
async function drained(scene: Scene): Promise<void> {
  const deadline = Date.now() + DRAINS_WITHIN_MS
  await asSuperuser(
    scene,
    async (sql) => {
      for (;;) {
        const [row] = await sql(`select count(*) as shown from orders where status = 'cancelled'`)
        if (Number(row!.shown) >= ORDERS) return
        if (Date.now() > deadline) throw new Error(`${row!.shown} of ${ORDERS} orders are shown`)
        await sleep(250)
      }
    },
    tracking.name,
  )
}

/** How many younger messages of the backlog were handled before an older one, at the worst. */
function overtaken(log: string, piled: readonly Message[]): number {
  const versionOf = new Map(piled.map((m) => [`${m.aggregateId} ${m.name}`, m.version]))
  const placeOf = new Map(piled.map((m, place) => [`${m.aggregateId} ${m.version}`, place]))
  let youngest = 0
  let most = 0
  for (const { orderId, version } of heardIn(log, versionOf)) {
    const place = placeOf.get(`${orderId} ${version}`)!
    most = Math.max(most, youngest - place)
    youngest = Math.max(youngest, place)
  }
  return most
}

/** How long POST /orders took nineteen of twenty, in calm and beside the drain. */
function postTimes({ history }: Scene) {
  const lines = readHistory(history.file)
  const at = (op: string) => lines.find((line) => line.op === op)!.t as number
  const p95 = (from: number, to: number) => {
    const times = lines
      .filter(({ op, path, t }) => op === 'post' && path === '/orders' && t > from && t < to)
      .map(({ ms }) => ms as number)
      .sort((a, b) => a - b)
    return times[Math.floor(times.length * 0.95)]!
  }
  return { postP95BeforeMs: p95(0, at('away')), postP95Ms: p95(at('back'), at('drained')) }
}
