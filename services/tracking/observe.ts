import { metrics } from '#contracts/metrics.ts'
import type { OrderState } from '#contracts/order.ts'
import type { Log } from '#platform/log.ts'
import { counter } from '#platform/metrics.ts'

const projected = counter(metrics.projected)

export function orderProjected(log: Log, { id, version }: OrderState, applied: boolean): void {
  const outcome = applied ? 'applied' : 'stale'
  projected.inc({ outcome })
  log.debug({ order_id: id, version, outcome }, 'order projected')
}
