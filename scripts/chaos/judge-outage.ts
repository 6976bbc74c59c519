import { setTimeout as sleep } from 'node:timers/promises'
import { waitServers } from '../../deploy/host/ready.ts'
import type { Secrets } from '../../deploy/host/secrets.ts'
import { logFile, restartProcess, stopProcess } from '../../deploy/host/supervisor.ts'
import { services } from '../../services/catalogue.ts'
import { topology } from '../../services/topology.ts'
import { step } from '../report.ts'
import type { Facts } from '../verify/facts.ts'
import { readFacts, readOutboxes } from '../verify/read.ts'
import { settledVerdict } from '../verify/settle.ts'
import { runCampaign } from './campaign.ts'
import { disorder, type Heard, heardIn, unheard } from './heard.ts'
import { type History, openHistory, readHistory, readWitness } from './history.ts'
import { inflict } from './inflict.ts'
import { openShop } from './open-shop.ts'
import { planCampaign, type Wish } from './plan.ts'
import { campaignFile, freshServers, gateway, profile, startFailing } from './platform.ts'
import { printVerdict } from './print.ts'

const PER_SECOND = 20
const DOWN_FROM_MS = 4_000
const DOWN_FOR_MS = 20_000
const DRAINS_WITHIN_MS = 10_000
const PATIENCE_MS = 90_000

/** The broker is dead for 20 s: nobody who orders notices, and nothing is late for long afterwards. */
export async function checkBrokerOutage(seed: number): Promise<void> {
  const secrets = await freshServers()
  await startFailing('outage')
  const history = openHistory(campaignFile('outage'))
  const orders = ((DOWN_FROM_MS + DOWN_FOR_MS) / 1_000) * PER_SECOND
  const shop = await openShop(gateway, orders)
  history.tell({ op: 'shelf', portions: shop.portions })
  const plan = planCampaign({ seed, orders, perSecond: PER_SECOND, kills: 0, services: [] })
  const wishes = plan.wishes.map(
    (wish): Wish => ({ ...wish, dish: 0, token: 'tok_ok', afterwards: undefined }),
  )
  const [, drainMs] = await step(`${orders} orders, the broker is dead for 20 s of them`, () =>
    Promise.all([
      runCampaign(profile, { ...shop, history }, { ...plan, wishes }),
      outage(secrets, history),
    ]),
  )
  throwIfAnyFailed(history)
  const witness = readWitness(history.file)
  const place = { profile, secrets }
  const { verdict } = await step('settle', () =>
    settledVerdict(place, { withinMs: 120_000, witness }),
  )
  const facts = await readFacts(place)
  const heard = eventsHeard(facts)
  const [late, missed] = [disorder(heard), unheard(heard, eventsToHear(facts))]
  const figures = {
    outboxDrainedMs: drainMs,
    heard: heard.length,
    outOfOrder: late.length,
    unheard: missed.length,
  }
  printVerdict(verdict, { orders, ...figures })
  if (verdict.verdict === 'red') throw new Error('the verdict is red')
  if (missed.length > 0) throw new Error(`never handled: ${missed.slice(0, 5).join('; ')}`)
  if (late.length > 0) throw new Error(`events out of order: ${late.slice(0, 5).join('; ')}`)
  if (drainMs > DRAINS_WITHIN_MS) throw new Error(`the outbox took ${drainMs} ms to drain`)
}

/** Milliseconds from the broker's return until nothing written before it is left in any outbox. */
async function outage(secrets: Secrets, history: History): Promise<number> {
  await sleep(DOWN_FROM_MS)
  await inflict(profile, history, { atMs: DOWN_FROM_MS, target: 'rabbitmq', what: 'kill' })
  const killedAt = Date.now()
  await stopProcess(profile, 'rabbitmq')
  await sleep(Math.max(0, killedAt + DOWN_FOR_MS - Date.now()))
  await restartProcess(profile, 'rabbitmq')
  await waitServers(profile, secrets, ['rabbitmq'])
  const backAt = Date.now()
  const left = new Set((await readOutboxes({ profile, secrets })).map(({ id }) => id))
  history.tell({ op: 'back', outbox: left.size })
  while (left.size > 0 && Date.now() - backAt < PATIENCE_MS) {
    const now = new Set((await readOutboxes({ profile, secrets })).map(({ id }) => id))
    for (const id of left) if (!now.has(id)) left.delete(id)
    await sleep(100)
  }
  return Date.now() - backAt
}

function throwIfAnyFailed({ file }: History): void {
  const failed = readHistory(file).filter(
    ({ op, path, status, attempt }) =>
      op === 'post' && path === '/orders' && (status !== 201 || attempt !== 1),
  )
  if (failed.length > 0) throw new Error(`POST /orders failed: ${JSON.stringify(failed[0])}`)
}

/** Each event at every queue that is bound to it: the read side's, and the notifications'. */
const eventsToHear = ({ events }: Facts): Heard[] =>
  topology.flatMap(({ queue, bindings }) => {
    const bound = new Set(bindings.map(({ message }) => message))
    return events
      .filter(({ type }) => bound.has(`order.${type}`))
      .map(({ orderId, version }) => ({ queue, orderId, version }))
  })

/** By every consumer, in the order of its log. */
function eventsHeard({ events }: Facts): Heard[] {
  const versionOf = new Map(
    events.map(({ orderId, type, version }) => [`${orderId} order.${type}`, version]),
  )
  return services.flatMap(({ name }) => heardIn(logFile(profile, name), versionOf))
}
