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
  await failIfFlaky(deps, card, request)
  const fresh = await insertCharge(deps.pool, deps.newId(), card.status, request)
  if (!fresh) return before(deps, request)
  if (card.answersAfterMs) await deps.pause(card.answersAfterMs)
  return fresh
}

/** The key's charge, made by a request that is over or by one that has just committed. */
async function before({ pool }: ChargeDeps, request: ChargeRequest): Promise<Charge> {
  const charge = await findByKey(pool, request.key)
  if (!charge || !sameRequest(charge, request)) throw keyReused()
  return charge
}

async function failIfFlaky(
  { pool }: ChargeDeps,
  { failures }: Card,
  { key }: ChargeRequest,
): Promise<void> {
  if (!failures || (await findByKey(pool, key))) return
  if ((await countFailure(pool, key)) <= failures) throw networkTrouble()
}
