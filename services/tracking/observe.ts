import type { Pool } from 'pg'
import { metrics } from '#contracts/metrics.ts'
import type { OrderState } from '#contracts/order.ts'
import type { Log } from '#platform/log.ts'
import { counter, gaugeFrom, histogram } from '#platform/metrics.ts'
import { countParked, type Parked } from './parked-store.ts'

const projected = counter(metrics.projected)
const lag = histogram(metrics.projectionLag)

/** Call it after the commit. `writtenAt`: of the event; `applied`: it was news. */
export function orderProjected(
  log: Log,
  { id, version }: OrderState,
  { applied, writtenAt }: { applied: boolean; writtenAt?: Date },
): void {
  const outcome = applied ? 'applied' : 'stale'
  projected.inc({ outcome })
  // Clocks differ from machine to machine: a lag is never less than nothing.
  if (applied && writtenAt) lag.observe({}, Math.max(0, Date.now() - writtenAt.getTime()) / 1_000)
  log.debug({ order_id: id, version, outcome }, 'order projected')
}

export function orderParked(
  log: Log,
  { orderId, version, reason }: Omit<Parked, 'parkedAt'>,
): void {
  log.error({ order_id: orderId, version, reason }, 'order parked: its event cannot be projected')
}

/** Every process shows the same figure. */
export function exportParked(pool: Pool): void {
  gaugeFrom(metrics.parkedOrders, async () => [{ value: await countParked(pool) }])
}
