import { metrics } from '#contracts/metrics.ts'
import type { Log } from '#platform/log.ts'
import { counter } from '#platform/metrics.ts'
import type { Charge, Refund } from './charge.ts'

const charges = counter(metrics.charges)
const refunds = counter(metrics.refunds)

/** Repeats under one key count again: the ledger counts charges, this counts answers. */
export function chargeAnswered(log: Log, { id, status, amountCents }: Charge): void {
  charges.inc({ status })
  log.info({ charge_id: id, status, amount_cents: amountCents }, 'charge answered')
}

export function refundAnswered(log: Log, { id, chargeId, amountCents }: Refund): void {
  refunds.inc()
  log.info({ refund_id: id, charge_id: chargeId, amount_cents: amountCents }, 'refund answered')
}
