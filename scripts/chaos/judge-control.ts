import { step } from '../report.ts'
import { settledVerdict } from '../verify/settle.ts'
import { runCampaign } from './campaign.ts'
import { CONTROLS } from './controls.ts'
import { openHistory, readWitness } from './history.ts'
import type { Size } from './judge-campaign.ts'
import { openShop } from './open-shop.ts'
import { planCampaign } from './plan.ts'
import { campaignFile, freshServers, gateway, profile, startFailing } from './platform.ts'

/** Long enough for everything that would still heal. */
const HEALS_WITHIN_MS = 45_000

/** Without this safeguard the verdict has to be red, for the reason that was to be expected. */
export async function checkControl(name: keyof typeof CONTROLS, size: Size): Promise<void> {
  const { failpoints, faults, noticedBy } = CONTROLS[name]
  const secrets = await freshServers()
  await startFailing(name, failpoints)
  const history = openHistory(campaignFile(name))
  const shop = await openShop(gateway, size.orders)
  history.tell({ op: 'shelf', portions: shop.portions })
  const plan = planCampaign({ ...size, kills: 0, services: [] })
  await step(`${name}: ${size.orders} orders`, () =>
    runCampaign(profile, { ...shop, history }, { ...plan, faults: [...faults] }),
  )
  const { verdict } = await step(`${name}: look whether it is noticed`, () =>
    settledVerdict(
      { profile, secrets },
      { withinMs: HEALS_WITHIN_MS, witness: readWitness(history.file) },
    ),
  )
  history.tell({ op: 'verdict', ...verdict })
  const { found, findings } = verdict
  // What is still on its way would be missed as well, for a while.
  if (found.outbox + found.queues > 0) throw new Error(`${name}: messages are still under way`)
  if (found[noticedBy] === 0) throw new Error(`${name} went unnoticed: ${JSON.stringify(found)}`)
  const { what } = findings.find(({ check }) => check === noticedBy)!
  console.log(`${name}: red as it must be, ${found[noticedBy]} in ${noticedBy}, such as "${what}"`)
}
