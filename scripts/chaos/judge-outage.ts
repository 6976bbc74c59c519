import { listProcesses, logFile } from '../../deploy/host/supervisor.ts'
import { services } from '../../services/catalogue.ts'
import { step } from '../report.ts'
import type { Facts } from '../verify/facts.ts'
import { readFacts } from '../verify/read.ts'
import { settledVerdict } from '../verify/settle.ts'
import { runCampaign } from './campaign.ts'
import { type Heard, heardIn } from './heard.ts'
import { openHistory, readHistory, readWitness } from './history.ts'
import { openShop } from './open-shop.ts'
import type { Outage, Scene } from './outages/outage.ts'
import { OUTAGES } from './outages.ts'
import { planCampaign, type Wish } from './plan.ts'
import { campaignFile, freshServers, gateway, profile, startFailing } from './platform.ts'
import { printVerdict } from './print.ts'

const SETTLES_WITHIN_MS = 120_000

/** Throws where there is no such outage; what it returns runs it. */
export function chosenOutage(name: string, seed: number): () => Promise<void> {
  const outage = OUTAGES[name]
  if (!outage) throw new Error(`there is no OUTAGE=${name}: ${Object.keys(OUTAGES).join(', ')}`)
  return () => checkOutage(name, outage, seed)
}

/** Orders flow while it happens; afterwards the verdict has to be green and every promise kept. */
async function checkOutage(name: string, outage: Outage, seed: number): Promise<void> {
  const secrets = await freshServers()
  const history = openHistory(campaignFile(`outage-${name}`))
  const scene: Scene = { profile, secrets, history }
  await outage.prepare?.(scene)
  await startFailing(`outage-${name}`)
  const before = await servicePids()
  const measured = await orderMeanwhile(scene, outage, seed)
  const { verdict } = await step('settle', () =>
    settledVerdict(scene, { withinMs: SETTLES_WITHIN_MS, witness: readWitness(history.file) }),
  )
  const facts = await readFacts(scene)
  const heard = eventsHeard(facts)
  const exited = [...(await servicePids())].filter((pid) => !before.has(pid)).length
  const figures = { orders: facts.snapshots.length, heard: heard.length, exited, ...measured }
  const end = { lines: readHistory(history.file), facts, heard, figures }
  const broken = outage.mustHold.flatMap((promised) => promised(end))
  history.tell({ op: 'verdict', ...verdict, broken })
  if (verdict.verdict === 'red') printVerdict(verdict, { outage: name, seed })
  console.log(JSON.stringify({ outage: name, seed, verdict: verdict.verdict, ...figures }))
  if (verdict.verdict === 'red') throw new Error('the verdict is red')
  if (broken.length > 0) throw new Error(broken.join('\n'))
}

async function servicePids(): Promise<Set<number>> {
  const names = new Set<string>(services.map(({ name }) => name))
  const running = await listProcesses(profile)
  return new Set(running.filter(({ name }) => names.has(name)).map(({ pid }) => pid))
}

async function orderMeanwhile(scene: Scene, outage: Outage, seed: number) {
  const { seconds, perSecond, what } = outage
  const orders = seconds * perSecond
  const shop = await openShop(gateway, orders)
  scene.history.tell({ op: 'shelf', portions: shop.portions })
  const plan = planCampaign({ seed, orders, perSecond, kills: 0, services: [] })
  const wishes = plan.wishes.map(
    (wish): Wish => ({ ...wish, dish: 0, token: 'tok_ok', afterwards: undefined }),
  )
  const [, figures] = await step(`${orders} orders, ${perSecond} a second, while ${what}`, () =>
    Promise.all([
      runCampaign(profile, { ...shop, history: scene.history }, { ...plan, wishes }),
      outage.happen(scene),
    ]),
  )
  return figures
}

/** By every consumer, in the order of its log. */
function eventsHeard({ events }: Facts): Heard[] {
  const versionOf = new Map(
    events.map(({ orderId, type, version }) => [`${orderId} order.${type}`, version]),
  )
  return services.flatMap(({ name }) => heardIn(logFile(profile, name), versionOf))
}
