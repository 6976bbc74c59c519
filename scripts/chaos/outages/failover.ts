import { setTimeout as sleep } from 'node:timers/promises'
import { readHistory } from '../history.ts'
import type { Outage, Scene } from './outage.ts'
import { atMost, heardByAll, servedInTheEnd } from './promises.ts'
import { losePrimary, startStandby, takeOver } from './standby.ts'

const FROM_MS = 8_000
const PATIENCE_MS = 60_000

/** The database's machine is lost with its disk, and nothing that anybody was told. */
export const failover: Outage = {
  what: 'PostgreSQL is lost and its standby takes over',
  ...{ seconds: 40, perSecond: 20 },
  prepare: startStandby,
  async happen(scene) {
    await sleep(FROM_MS)
    const lostAt = Date.now()
    await losePrimary(scene)
    await takeOver(scene)
    const tookOverMs = Date.now() - lostAt
    return { tookOverMs, firstAcceptedMs: await firstAccepted(scene) }
  },
  mustHold: [servedInTheEnd, atMost('exited', 0), atMost('firstAcceptedMs', 30_000), heardByAll],
}

/** Milliseconds from the loss to the first 201 for somebody who asked after it. */
async function firstAccepted({ history }: Scene): Promise<number> {
  const deadline = Date.now() + PATIENCE_MS
  while (Date.now() < deadline) {
    const lines = readHistory(history.file)
    const lost = lines.find(({ op }) => op === 'lost')!.t
    const first = lines.find(
      ({ op, status, t, ms }) => op === 'post' && status === 201 && t - ms > lost,
    )
    if (first) return first.t - lost
    await sleep(200)
  }
  throw new Error(`no order was accepted within ${PATIENCE_MS / 1_000} s`)
}
