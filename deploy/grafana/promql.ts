import type { Metric } from '../../services/contracts/metrics.ts'

/** Labels that the scraper adds to whatever it finds. */
type TargetLabel = 'service' | 'instance'

/** Grafana's own choice: never less than four scrapes. */
export const WINDOW = '$__rate_interval'

/** `where`: label to operator and value, such as `{ state: '="parked"' }`. */
export type Selection<Label extends string> = {
  by?: readonly (Label | TargetLabel)[]
  where?: Partial<Record<Label | TargetLabel, string>>
}

/** The series of one metric; a label it does not have is a type error. */
export function series<Label extends string>(
  { name }: Metric<Label>,
  where: Selection<Label>['where'] = {},
  suffix = '',
): string {
  const matchers = Object.entries(where).map(([label, matcher]) => `${label}${matcher}`)
  return `${name}${suffix}${matchers.length > 0 ? `{${matchers.join(',')}}` : ''}`
}

/** How many per second: of a counter, or of a histogram's observations. */
export function rate<Label extends string>(
  metric: Metric<Label>,
  { by = [], where }: Selection<Label> = {},
): string {
  const suffix = metric.kind === 'histogram' ? '_count' : ''
  return aggregate('sum', by, `rate(${series(metric, where, suffix)}[${WINDOW}])`)
}

/** The value that the share `q` of a histogram's observations stays below. */
export function quantile<Label extends string>(
  q: number | string,
  metric: Metric<Label>,
  { by = [], where }: Selection<Label> = {},
): string {
  const buckets = `rate(${series(metric, where, '_bucket')}[${WINDOW}])`
  return `histogram_quantile(${q}, ${aggregate('sum', [...by, 'le'], buckets)})`
}

/** Gauges that every replica shows alike are not added up. */
export const highest = <Label extends string>(
  metric: Metric<Label>,
  { by = [], where }: Selection<Label> = {},
): string => aggregate('max', by, series(metric, where))

export const total = <Label extends string>(
  metric: Metric<Label>,
  { by = [], where }: Selection<Label> = {},
): string => aggregate('sum', by, series(metric, where))

const aggregate = (how: 'sum' | 'max', by: readonly string[], expression: string): string =>
  by.length > 0 ? `${how} by (${by.join(', ')}) (${expression})` : `${how}(${expression})`
