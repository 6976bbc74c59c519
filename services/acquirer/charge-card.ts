import type { Pool } from 'pg'
import { CARDS, type Card, type Charge, type ChargeRequest, sameRequest } from './charge.ts'
import { keyReused, networkTrouble, unknownToken } from './problems.ts'
import { countFailure, findByKey, insertCharge } from './store.ts'

export type ChargeDeps = {
  pool: Pool
  newId: () => string
  /** Keeps a slow card's caller waiting; rejects nothing, ends early when the caller has gone. */
  pause: (ms: number) => Promise<void>
}

/** Charges a card once per key, however often and however concurrently it is asked to. */
export async function chargeCard(deps: ChargeDeps, request: ChargeRequest): Promise<Charge> {
  const card = CARDS.get(request.token)
  if (!card) throw unknownToken()
  const before = await findByKey(deps.pool, request.key)
  if (before) return checked(before, request)

  await failIfFlaky(deps, card, request.key)
  const fresh = await insertCharge(deps.pool, deps.newId(), card.status, request)
  const charge = checked((await findByKey(deps.pool, request.key))!, request)
  if (fresh && card.answersAfterMs) await deps.pause(card.answersAfterMs)
  return charge
}

async function failIfFlaky({ pool }: ChargeDeps, { failures }: Card, key: string): Promise<void> {
  if (failures && (await countFailure(pool, key)) <= failures) throw networkTrouble()
}

function checked(charge: Charge, request: ChargeRequest): Charge {
  if (!sameRequest(charge, request)) throw keyReused()
  return charge
}
