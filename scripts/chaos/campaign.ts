import { setTimeout as sleep } from 'node:timers/promises'
import type { Profile } from '../../deploy/host/profile.ts'
import { inTurn } from '../../services/platform/broker/in-turn.ts'
import { fulfil, type Table } from './customer.ts'
import type { Fate } from './history.ts'
import { inflict } from './inflict.ts'
import type { Plan } from './plan.ts'

/** Places every order at its time and does every fault at its own; what became of each order. */
export async function runCampaign(
  profile: Profile,
  shop: Omit<Table, 'calmSince'>,
  plan: Plan,
): Promise<Fate[]> {
  const startedAt = Date.now()
  let calmSince = Number.POSITIVE_INFINITY
  const table: Table = { ...shop, calmSince: () => calmSince }
  const turns = inTurn()
  const at = (ms: number) => sleep(Math.max(0, startedAt + ms - Date.now()))
  for (const wish of plan.wishes) table.history.tell({ op: 'wish', ...wish })
  for (const fault of plan.faults) table.history.tell({ op: 'fault', ...fault })
  const [fates] = await Promise.all([
    Promise.all(
      plan.wishes.map(async (wish) => {
        await at(wish.atMs)
        return fulfil(table, wish)
      }),
    ),
    Promise.all(
      plan.faults.map(async (fault) => {
        await at(fault.atMs)
        // One after another to each: two would find, and kill, the same process.
        await turns(fault.target, () => inflict(profile, table.history, fault))
      }),
    ).finally(() => {
      calmSince = Date.now()
    }),
  ])
  return fates
}
