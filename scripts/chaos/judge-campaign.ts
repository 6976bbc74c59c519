import { services } from '../../services/catalogue.ts'
import { step } from '../report.ts'
import { settledVerdict } from '../verify/settle.ts'
import { runCampaign } from './campaign.ts'
import { type Fate, openHistory, readWitness } from './history.ts'
import { openShop } from './open-shop.ts'
import { planCampaign } from './plan.ts'
import { campaignFile, freshServers, gateway, profile, startFailing } from './platform.ts'
import { printVerdict } from './print.ts'

export type Size = { seed: number; orders: number; perSecond: number }

const SETTLES_WITHIN_MS = 180_000

/** Random faults: the verdict has to be green, and everybody has to have been served. */
export async function checkCampaign(size: Size & { kills: number }): Promise<void> {
  const secrets = await freshServers()
  await startFailing('campaign')
  const plan = planCampaign({ ...size, services: services.map(({ name }) => name) })
  const history = openHistory(campaignFile(`seed-${size.seed}`))
  history.tell({ op: 'campaign', ...size })
  const shop = await openShop(gateway, size.orders)
  history.tell({ op: 'shelf', portions: shop.portions })
  const fates = await step(`${size.orders} orders, ${plan.faults.length} faults`, () =>
    runCampaign(profile, { ...shop, history }, plan),
  )
  const { verdict, settledMs } = await step('settle', () =>
    settledVerdict(
      { profile, secrets },
      { withinMs: SETTLES_WITHIN_MS, witness: readWitness(history.file) },
    ),
  )
  history.tell({ op: 'verdict', ...verdict })
  printVerdict(verdict, { ...size, settledSeconds: Math.round(settledMs / 1_000), ...count(fates) })
  console.log(`history: ${history.file}`)
  const unserved = fates.filter(({ fate }) => fate !== 'acknowledged')
  if (unserved.length > 0) throw new Error(`${unserved.length} orders were not accepted`)
  if (verdict.verdict === 'red') throw new Error('the verdict is red')
}

export const count = (fates: readonly Fate[]): Record<string, number> =>
  Object.fromEntries(
    [...Map.groupBy(fates, ({ fate }) => fate)].map(([fate, all]) => [fate, all.length]),
  )
