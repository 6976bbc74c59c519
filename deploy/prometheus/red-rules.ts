import { metrics } from '../../services/contracts/metrics.ts'
import type { ServiceManifest } from '../../services/manifest.ts'
import { leIs, type RecordingRule, type RuleGroup } from './rule.ts'

const WINDOW = '5m'
const QUANTILES = { p50: 0.5, p95: 0.95, p99: 0.99 }
const LEVELS = { service: 'service', service_route: 'service, method, route' }

const rate = (series: string) => `rate(${metrics.httpDuration.name}_${series}[${WINDOW}])`
const rateBy = (by: string, series: string) => `sum by (${by}) (${rate(series)})`

/** Rate, errors and duration of every service and of each of its routes. */
export const redRules = (): RuleGroup => ({
  name: 'red',
  rules: [
    ...levels(`http_requests:rate${WINDOW}`, (by) => rateBy(by, 'count')),
    ...levels(`http_errors:ratio_rate${WINDOW}`, errorRatio),
    ...Object.entries(QUANTILES).flatMap(([percentile, quantile]) =>
      levels(
        `${metrics.httpDuration.name}:${percentile}_${WINDOW}`,
        (by) => `histogram_quantile(${quantile}, ${rateBy(`${by}, le`, 'bucket')})`,
      ),
    ),
  ],
})

function errorRatio(by: string): string {
  const all = rateBy(by, 'count')
  // Without the `or`, a service that never failed would have no error ratio instead of 0.
  return `(${rateBy(by, 'count{status_code=~"5.."}')} or 0 * ${all}) / ${all}`
}

function levels(metric: string, expression: (by: string) => string): RecordingRule[] {
  return Object.entries(LEVELS).map(([level, by]) => ({
    record: `${level}:${metric}`,
    expr: expression(by),
  }))
}

/** The share of requests slower than each service's own objective allows. */
export const latencyRules = (
  services: readonly Pick<ServiceManifest, 'name' | 'slo'>[],
): RuleGroup => ({
  name: 'latency-objective',
  rules: services.map(({ name, slo }) => {
    const within = leIs(slo.latency.withinMs / 1_000)
    const fast = `sum(${rate(`bucket{service="${name}",${within}}`)})`
    return {
      record: `service:http_slow:ratio_rate${WINDOW}`,
      expr: `1 - ${fast} / sum(${rate(`count{service="${name}"}`)})`,
      labels: { service: name },
    }
  }),
})
