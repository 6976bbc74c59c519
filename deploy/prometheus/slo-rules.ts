import { metrics } from '../../services/contracts/metrics.ts'
import type { ServiceManifest } from '../../services/manifest.ts'
import { errorBudget, PLATFORM_SLOS } from '../../services/slo.ts'
import { leIs, type RecordingRule, type RuleGroup } from './rule.ts'
import { scaledWindow, type Timescale } from './timescale.ts'

export const SLOS = ['availability', 'latency', 'saga', 'freshness'] as const
export type SloName = (typeof SLOS)[number]

const SHORT = ['5m', '30m', '1h'] as const
const LONG = ['2h', '6h', '1d', '3d', '30d'] as const
export type Window = (typeof SHORT | typeof LONG)[number]

/** One objective of one service: what counts, what of it was bad, and how much of it may be. */
type Objective = {
  slo: SloName
  service: string
  budget: number
  all: (window: string) => string
  bad: (window: string) => string
}

export type WithSlo = Pick<ServiceManifest, 'name' | 'slo'>

const rate = (metric: string, labels: string, window: string) =>
  `sum(rate(${metric}{${labels}}[${window}]))`

const share = (value: number): number => Number((1 - value).toPrecision(6))

/** Everything beyond a bucket of a histogram is bad. */
function slowerThan(
  histogram: { name: string },
  labels: string,
  seconds: number,
): Pick<Objective, 'all' | 'bad'> {
  const all = (window: string) => rate(`${histogram.name}_count`, labels, window)
  const good = (window: string) =>
    rate(`${histogram.name}_bucket`, `${labels},${leIs(seconds)}`, window)
  return { all, bad: (window) => `(${all(window)} - ${good(window)})` }
}

function objectives(services: readonly WithSlo[]): Objective[] {
  const { sagaSettled, notificationFresh } = PLATFORM_SLOS
  const http = metrics.httpDuration
  return [
    ...services.flatMap(({ name, slo }): Objective[] => {
      const service = `service="${name}"`
      const all = (window: string) => rate(`${http.name}_count`, service, window)
      const failed = (window: string) =>
        rate(`${http.name}_count`, `${service},status_code=~"5.."`, window)
      return [
        {
          ...{ slo: 'availability', service: name, budget: errorBudget(slo), all },
          // Without the `or`, a service that never failed would have no error ratio instead of 0.
          bad: (window) => `(${failed(window)} or 0 * ${all(window)})`,
        },
        {
          ...{ slo: 'latency', service: name, budget: share(slo.latency.share) },
          ...slowerThan(http, service, slo.latency.withinMs / 1_000),
        },
      ]
    }),
    {
      ...{ slo: 'saga', service: 'order', budget: share(sagaSettled.share) },
      ...slowerThan(metrics.sagaDuration, 'saga="order"', sagaSettled.withinSecs),
    },
    {
      ...{ slo: 'freshness', service: 'notification', budget: share(notificationFresh.share) },
      ...slowerThan(metrics.messageAge, 'service="notification"', notificationFresh.withinSecs),
    },
  ]
}

/**
 * Bad share over each window, traffic and budget of every objective, all by `slo` and `service`. What
 * has to be seen within minutes is looked at four times a minute, what takes hours once.
 */
export function sloRules(
  services: readonly WithSlo[],
  scale: Timescale,
): RuleGroup<RecordingRule>[] {
  const all = objectives(services)
  const every = (interval: string) => (scale.timescale === 1 ? { interval } : {})
  return [
    {
      ...{ name: 'slo', ...every('15s') },
      rules: [...ratios(all, SHORT, scale), ...all.flatMap((each) => constants(each, scale))],
    },
    { ...{ name: 'slo-long', ...every('1m') }, rules: ratios(all, LONG, scale) },
  ]
}

const labelsOf = ({ slo, service }: Objective) => ({ slo, service })

const ratios = (
  objectives: readonly Objective[],
  windows: readonly Window[],
  scale: Timescale,
): RecordingRule[] =>
  objectives.flatMap((objective) =>
    windows.map((window) => {
      const scaled = scaledWindow(window, scale)
      return {
        record: errorRatio(window),
        labels: labelsOf(objective),
        expr: `${objective.bad(scaled)} / ${objective.all(scaled)}`,
      }
    }),
  )

const constants = (objective: Objective, scale: Timescale): RecordingRule[] => [
  { record: TRAFFIC, labels: labelsOf(objective), expr: objective.all(scaledWindow('1h', scale)) },
  { record: BUDGET, labels: labelsOf(objective), expr: `vector(${objective.budget})` },
]

/** The windows in the names are those of real time; a drill only shortens what is behind them. */
export const errorRatio = (window: Window): string => `slo:sli_error:ratio_rate${window}`
export const TRAFFIC = 'slo:traffic:rate1h'
export const BUDGET = 'slo:error_budget:ratio'
