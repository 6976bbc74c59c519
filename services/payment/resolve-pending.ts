import { every } from '#platform/every.ts'
import { type PaymentDeps, settle } from './settle.ts'
import { unsettledPayments } from './store.ts'

const LOOK_EVERY_MS = 1_000
/** Longer than any request takes, so that it is not asked for twice at once. */
const PENDING_FOR_MS = 15_000

/** Finds out what became of payments whose caller crashed or gave up waiting. Returns how many it settled. */
export async function resolvePending(deps: PaymentDeps): Promise<number> {
  const before = new Date(deps.now().getTime() - PENDING_FOR_MS)
  let settled = 0
  for (const payment of await unsettledPayments(deps.pool, before)) {
    if ((await settle(deps, payment)).status !== 'pending') settled++
  }
  return settled
}

export const watchPending = (deps: PaymentDeps) =>
  every(LOOK_EVERY_MS, deps.log, () => resolvePending(deps))
