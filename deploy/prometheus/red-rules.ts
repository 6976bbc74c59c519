import type { ServiceManifest } from '../../services/manifest.ts'

export type RecordingRule = { record: string; expr: string; labels?: Record<string, string> }
export type RuleGroup = { name: string; interval?: string; rules: RecordingRule[] }

const WINDOW = '5m'
const QUANTILES = { p50: 0.5, p95: 0.95, p99: 0.99 }

const rate = (selector: string) => `rate(http_request_duration_seconds_${selector}[${WINDOW}])`

/** Rate, errors and duration of one service and of each of its routes. */
export function redRules({ name }: Pick<ServiceManifest, 'name'>): RuleGroup {
  const job = `job="${name}"`
  const errors = `status_code=~"5.."`
  return {
    name: `red-${name}`,
    rules: [
      ...levels('http_requests:rate5m', (by) => `sum by (${by}) (${rate(`count{${job}}`)})`),
      // Without `or`, a service without errors would have no error ratio instead of 0.
      ...levels(
        'http_errors:ratio_rate5m',
        (by) =>
          `(sum by (${by}) (${rate(`count{${job},${errors}}`)}) or 0 * sum by (${by}) (${rate(`count{${job}}`)})) / sum by (${by}) (${rate(`count{${job}}`)})`,
      ),
      ...Object.entries(QUANTILES).flatMap(([percentile, quantile]) =>
        levels(
          `http_request_duration_seconds:${percentile}_5m`,
          (by) => `histogram_quantile(${quantile}, sum by (${by}, le) (${rate(`bucket{${job}}`)}))`,
        ),
      ),
    ],
  }
}

const LEVELS = { service: 'service', service_route: 'service, method, route' }

function levels(metric: string, expression: (by: string) => string): RecordingRule[] {
  return Object.entries(LEVELS).map(([level, by]) => ({
    record: `${level}:${metric}`,
    expr: expression(by),
  }))
}
