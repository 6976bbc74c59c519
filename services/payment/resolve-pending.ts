import { every } from '#platform/every.ts'
import { finish } from './refund-payment.ts'
import { unfinishedRefunds } from './refund-store.ts'
import { type PaymentDeps, settle } from './settle.ts'
import { unsettledPayments } from './store.ts'

const LOOK_EVERY_MS = 1_000
/** Longer than any request takes, so that it is not asked for twice at once. */
const PENDING_FOR_MS = 15_000

/** Finds out what became of payments and refunds whose caller crashed or gave up waiting. Returns how many it settled. */
export async function resolvePending(deps: PaymentDeps): Promise<number> {
  const before = new Date(deps.now().getTime() - PENDING_FOR_MS)
  let settled = 0
  for (const payment of await unsettledPayments(deps.pool, before)) {
    if ((await settle(deps, payment)).status !== 'pending') settled++
  }
  for (const refund of await unfinishedRefunds(deps.pool, before)) {
    const done = await finish(deps, refund).then(
      () => true,
      (error) => deps.log.warn({ err: error, refund_id: refund.id }, 'refund still pending'),
    )
    if (done) settled++
  }
  return settled
}

export const watchPending = (deps: PaymentDeps) =>
  every(LOOK_EVERY_MS, deps.log, () => resolvePending(deps))
