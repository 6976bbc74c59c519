import type { ServiceManifest } from '../services/manifest.ts'
import { errorBudget } from '../services/slo.ts'
import { ARRIVED, type Shape } from './shapes.ts'

/** Tag of the requests the objective is about: a histogram over all requests would hide them. */
export const PLACE_ORDER = 'POST /orders'

/**
 * The order service's objective as thresholds of a load run. A threshold on a metric without samples
 * passes, so the arrivals are counted too, and a dropped one fails the run.
 */
export function loadThresholds(
  { slo }: Pick<ServiceManifest, 'slo'>,
  { rate, secs }: Shape,
): Record<string, string[]> {
  const { share, withinMs } = slo.latency
  return {
    [`http_req_failed{name:${PLACE_ORDER}}`]: [`rate<=${errorBudget(slo)}`],
    [`http_req_duration{name:${PLACE_ORDER}}`]: [`p(${share * 100})<${withinMs}`],
    iterations: [`count>=${Math.floor(rate * secs * ARRIVED)}`],
    dropped_iterations: ['count==0'],
    checks: ['rate==1'],
    orders_settled: ['rate==1'],
  }
}

export const smokeThresholds = (journeys: number): Record<string, string[]> => ({
  checks: ['rate==1'],
  iterations: [`count==${journeys}`],
  http_req_failed: ['rate==0'],
})
