import { POINTS, type Point } from '../../services/platform/failpoint.ts'
import { step } from '../report.ts'
import { settledVerdict } from '../verify/settle.ts'
import { runCampaign } from './campaign.ts'
import { type History, openHistory, readWitness } from './history.ts'
import type { Size } from './judge-campaign.ts'
import { openShop } from './open-shop.ts'
import { planCampaign } from './plan.ts'
import { campaignFile, freshServers, gateway, profile, startFailing } from './platform.ts'
import { type Action, countHits, failpointsOf } from './points.ts'
import { printVerdict } from './print.ts'

type Wanted = Size & { points: readonly Point[]; hits: number; withinMs: number }
type Shop = Awaited<ReturnType<typeof openShop>>

const SETTLES_WITHIN_MS = 180_000
const MOST_ROUNDS = 12

/** Every exact point fails in every way so many times; then the verdict has to be green. */
export async function checkPoints(wanted: Wanted & { actions: readonly Action[] }): Promise<void> {
  for (const action of wanted.actions) {
    const secrets = await freshServers()
    const failpoints = failpointsOf(wanted.points, action, wanted.hits)
    // The shop opens first: its accounts are not what this is about.
    await startFailing(action)
    const history = openHistory(campaignFile(`points-${action}`))
    const shop = await openShop(gateway, wanted.orders * MOST_ROUNDS)
    history.tell({ op: 'shelf', portions: shop.portions })
    const hitsFile = await startFailing(action, failpoints, true)
    const hits = await step(`${action} at ${wanted.points.length} points`, () =>
      rounds(wanted, { shop, history, hitsFile }),
    )
    const { verdict, settledMs } = await step('settle', () =>
      settledVerdict(
        { profile, secrets },
        { withinMs: SETTLES_WITHIN_MS, witness: readWitness(history.file) },
      ),
    )
    printVerdict(verdict, { action, hits, settledSeconds: Math.round(settledMs / 1_000) })
    if (verdict.verdict === 'red') throw new Error(`the verdict after ${action} is red`)
    throwIfMissed(hits, wanted.hits, action)
  }
}

/** Orders flow, round after round, until every point has been hit often enough, or time is up. */
async function rounds(
  { seed, points, hits, withinMs, ...size }: Wanted,
  { shop, history, hitsFile }: { shop: Shop; history: History; hitsFile: string },
): Promise<Record<string, number>> {
  const deadline = Date.now() + withinMs
  for (let round = 0; round < MOST_ROUNDS && Date.now() < deadline; round++) {
    const found = countHits(hitsFile, points)
    if (Object.values(found).every((times) => times >= hits)) return found
    const plan = planCampaign({ ...size, seed: seed * 1_000 + round, kills: 0, services: [] })
    await runCampaign(profile, { ...shop, history }, plan)
  }
  return countHits(hitsFile, points)
}

function throwIfMissed(found: Record<string, number>, hits: number, action: Action): void {
  const missed = Object.entries(found).filter(([, times]) => times < hits)
  if (missed.length === 0) return
  const text = missed.map(([point, times]) => `${point} (${POINTS[point as Point]}) ${times}`)
  const points = missed.map(([point]) => point).join(',')
  throw new Error(
    `hit less than ${hits} times: ${text.join('; ')}; go on with make chaos POINTS=${points} ACTIONS=${action}`,
  )
}
