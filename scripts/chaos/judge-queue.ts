import { setTimeout as sleep } from 'node:timers/promises'
import { serverUrls } from '../../deploy/host/urls.ts'
import { step } from '../report.ts'
import { type History, openHistory } from './history.ts'
import { inflict } from './inflict.ts'
import type { Fault } from './plan.ts'
import { campaignFile, freshServers, profile } from './platform.ts'
import { type QueueStation, queueStation } from './queue-station.ts'
import { seeded } from './random.ts'
import { totalQueue } from './total-queue.ts'

const DRAINS_WITHIN_MS = 120_000
const LONGEST_PAUSE_MS = 12_000

/** The verdict is red. */
export class QueueDiffers extends Error {
  override name = 'QueueDiffers'
}

type Size = { seed: number; messages: number; kills: number }

/** The broker is killed and stopped while messages flow: none that it confirmed may be missing in the end. */
export async function checkQueue({ seed, messages, kills }: Size): Promise<void> {
  const secrets = await freshServers()
  const history = openHistory(campaignFile('queue'))
  const station = await queueStation([serverUrls(profile, secrets).rabbitmq])
  const random = seeded(seed)
  try {
    await step(`${messages} messages, ${kills} faults of the broker`, async () => {
      // Each fault in its own share of the messages.
      for (let part = 0; part <= kills; part++) {
        const flowing = station.publish(Math.ceil(messages / (kills + 1)))
        await sleep(random() * 1_000)
        if (part < kills) await inflict(profile, history, faultOf(random))
        await flowing
      }
    })
    await judgeQueue(station, history, { faults: kills })
  } finally {
    await station.close()
  }
}

/** What came out is compared with what went in; `circumstances` are printed with it. */
export async function judgeQueue(
  station: QueueStation,
  history: History,
  circumstances: object,
): Promise<void> {
  await step('drain', () => drained(station))
  const { lost, unexpected, ...counts } = totalQueue(station.sent, station.received)
  const verdict = { ...counts, lost: lost.length, unexpected: unexpected.length, ...circumstances }
  history.tell({ op: 'verdict', ...verdict })
  console.log(JSON.stringify(verdict))
  if (counts.confirmed < counts.attempted / 2) {
    throw new Error('most messages were never confirmed: that says little of those that were')
  }
  if (lost.length + unexpected.length > 0) {
    throw new QueueDiffers(`lost ${lost.length}, unexpected ${unexpected.length}`)
  }
}

function faultOf(random: () => number): Fault {
  const fault = { atMs: 0, target: 'rabbitmq' }
  return random() < 0.7
    ? { ...fault, what: 'kill' }
    : { ...fault, what: 'pause', forMs: 1_000 + random() * (LONGEST_PAUSE_MS - 1_000) }
}

/** Until everything that was confirmed has come, or no more comes. */
async function drained({ sent, received }: QueueStation) {
  const deadline = Date.now() + DRAINS_WITHIN_MS
  const isThere = () => [...sent.confirmed].every((id) => received.has(id))
  while (!isThere() && Date.now() < deadline) await sleep(500)
}
