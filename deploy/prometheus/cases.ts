import { metrics } from '../../services/contracts/metrics.ts'
import type { ServiceManifest } from '../../services/manifest.ts'
import { PLATFORM_SLOS } from '../../services/slo.ts'

/** A time series in promtool's notation: `0+5x20` counts from 0 by 5, twenty times. */
export type Series = { series: string; values: string }

/** What Prometheus sees, one sample per `every`, and when to look. */
export type Situation = { series: Series[]; every: string; at: string }

/** Silent has to be proven as well: an alert that always fires is switched off by its readers. */
export type AlertCase = { fires: Situation; silent: readonly Situation[] }

const soon = (series: Series[]): Situation => ({ series, every: '1m', at: '30m' })
const laterOn = (series: Series[]): Situation => ({ series, every: '10m', at: '8h' })

/** `each` per sample; longer than anybody looks. */
const counted = (series: string, each: number): Series => ({ series, values: `0+${each}x60` })
const steady = (series: string, value: number): Series => ({ series, values: `${value}x60` })

const REQUESTS = 1_000

/** A thousand requests per sample, of which so many fail and so many are slow. */
function requests(
  { name, slo }: Pick<ServiceManifest, 'name' | 'slo'>,
  { failed = 0, slow = 0, all = REQUESTS }: { failed?: number; slow?: number; all?: number },
): Series[] {
  const metric = metrics.httpDuration.name
  const labels = (status: number) =>
    `service="${name}",method="GET",route="/things",status_code="${status}"`
  const le = slo.latency.withinMs / 1_000
  return [
    counted(`${metric}_count{${labels(200)}}`, all - failed),
    counted(`${metric}_count{${labels(503)}}`, failed),
    counted(`${metric}_bucket{${labels(200)},le="${le}"}`, all - failed - slow),
    counted(`${metric}_bucket{${labels(503)},le="${le}"}`, failed),
  ]
}

/** A thousand observations per sample, so many of them beyond the objective. */
const observations = (metric: string, labels: string, le: number, late: number): Series[] => [
  counted(`${metric}_count{${labels}}`, REQUESTS),
  counted(`${metric}_bucket{${labels},le="${le}"}`, REQUESTS - late),
]

const sagas = (late: number) =>
  observations(
    metrics.sagaDuration.name,
    'service="order",saga="order",outcome="completed"',
    PLATFORM_SLOS.sagaSettled.withinSecs,
    late,
  )
const notifications = (late: number) =>
  observations(
    metrics.messageAge.name,
    'service="notification",messaging_destination_name="notification.orders"',
    PLATFORM_SLOS.notificationFresh.withinSecs,
    late,
  )

/** `fast` per thousand empties a month's budget in two days, `slowly` in ten, `fine` never does. */
function burnCases(
  name: string,
  bad: (perThousand: number) => Series[],
  {
    fast,
    slowly,
    fine,
    more = [],
  }: Record<'fast' | 'slowly' | 'fine', number> & { more?: Situation[] },
): Record<string, AlertCase> {
  return {
    [`${name}BurnsFast`]: {
      fires: soon(bad(fast)),
      silent: [soon(bad(fine)), soon(bad(slowly)), ...more],
    },
    [`${name}BurnsSlowly`]: { fires: laterOn(bad(slowly)), silent: [laterOn(bad(fine))] },
  }
}

const cause = (fires: Series[], ...silent: Series[][]): AlertCase => ({
  fires: soon(fires),
  silent: silent.map(soon),
})

type Service = Pick<ServiceManifest, 'name' | 'slo'>

/** For a service with an objective of 99.9 % available and 99 % quick. */
export const alertCases = (service: Service): Record<string, AlertCase> => ({
  ...sloCases(service),
  ...messagingCases(gaugesOf(service)),
  ...processCases(gaugesOf(service)),
  ReplicasAtMaximum: cause(autoscaler(service, 8), autoscaler(service, 7)),
})

const sloCases = (service: Service): Record<string, AlertCase> => ({
  ...burnCases('Availability', (failed) => requests(service, { failed }), {
    ...{ fast: 100, slowly: 4, fine: 0.5 },
    // One request a minute, and all of them fail: too few to get up for.
    more: [soon(requests(service, { all: 1, failed: 1 }))],
  }),
  ...burnCases('Latency', (slow) => requests(service, { slow }), {
    ...{ fast: 200, slowly: 40, fine: 5 },
  }),
  ...burnCases('Saga', sagas, { fast: 100, slowly: 20, fine: 2 }),
  ...burnCases('Freshness', notifications, { fast: 200, slowly: 40, fine: 5 }),
})

type Gauge = (metric: { name: string } | string, value: number, labels?: string) => Series

/** A metric that one instance of the service shows. */
const gaugesOf =
  ({ name }: Service): Gauge =>
  (metric, value, labels = '') => {
    const own = `service="${name}",instance="${name}:1"${labels && `,${labels}`}`
    return steady(`${typeof metric === 'string' ? metric : metric.name}{${own}}`, value)
  }

const queue = (metric: string, of: string, messages: number) =>
  steady(`${metric}{queue="${of}"}`, messages)

const handled = (perMinute: number) =>
  counted(
    `${metrics.processDuration.name}_count{messaging_destination_name="order.replies"}`,
    perMinute,
  )

function messagingCases(gauge: Gauge): Record<string, AlertCase> {
  const ready = 'rabbitmq_queue_messages_ready'
  const all = 'rabbitmq_queue_messages'
  return {
    OutboxStuck: cause([gauge(metrics.outboxOldestAge, 90)], [gauge(metrics.outboxOldestAge, 5)]),
    DeadLetters: cause(
      [queue(all, 'order.replies.dead', 1)],
      [queue(all, 'order.replies.dead', 0), queue(all, 'order.replies', 50)],
    ),
    QueueNotDraining: cause(
      [queue(ready, 'order.replies', 10_000), handled(60)],
      [queue(ready, 'order.replies', 100), handled(600)],
      [queue(ready, 'order.replies.retry.5000', 10_000), handled(60)],
    ),
    BrokerDisconnected: cause(
      [gauge(metrics.brokerConnected, 0)],
      [gauge(metrics.brokerConnected, 1)],
    ),
    BrokerBlocked: cause([gauge(metrics.brokerBlocked, 1)], [gauge(metrics.brokerBlocked, 0)]),
    SagaStuck: cause(
      [gauge(metrics.sagaOldestAge, 400, 'state="reserve-stock"')],
      [gauge(metrics.sagaOldestAge, 10, 'state="reserve-stock"')],
      [gauge(metrics.sagaOldestAge, 800, 'state="process-payment"')],
    ),
    SagaParked: cause(
      [gauge(metrics.sagasInFlight, 1, 'state="parked"')],
      [gauge(metrics.sagasInFlight, 9, 'state="reserve-stock"')],
    ),
    ProjectionParked: cause([gauge(metrics.parkedOrders, 1)], [gauge(metrics.parkedOrders, 0)]),
    MailGivenUp: cause(
      [gauge(metrics.mailsUnsent, 1, 'state="failed"')],
      [gauge(metrics.mailsUnsent, 9, 'state="pending"')],
    ),
  }
}

function processCases(gauge: Gauge): Record<string, AlertCase> {
  const lag = 'nodejs_eventloop_lag_p99_seconds'
  const breaker = gauge(metrics.breakerState, 0, 'dependency="acquirer"')
  const pool = (used: number) => [
    gauge(metrics.poolConnections, used, 'db_client_connection_state="used"'),
    gauge(metrics.poolMax, 10),
  ]
  return {
    PoolSaturated: cause(pool(10), pool(8)),
    EventLoopLagging: cause([gauge(lag, 0.4)], [gauge(lag, 0.05)]),
    BreakerOpen: cause([{ ...breaker, values: '2 1 2 1 2 1 2 1 2 1 2x60' }], [breaker]),
    TargetDown: cause([gauge('up', 0)], [gauge('up', 1)]),
    MetricsAbsent: cause(
      [gauge('up', 1)],
      [gauge('up', 1), gauge(metrics.buildInfo, 1)],
      [gauge('up', 0), gauge(metrics.buildInfo, 1)],
    ),
  }
}

function autoscaler({ name }: Service, desired: number): Series[] {
  const hpa = (metric: string, replicas: number) =>
    steady(
      `kube_horizontalpodautoscaler_${metric}_replicas{namespace="restofy",horizontalpodautoscaler="${name}"}`,
      replicas,
    )
  return [hpa('status_desired', desired), hpa('spec_max', 8), hpa('spec_min', 2)]
}
