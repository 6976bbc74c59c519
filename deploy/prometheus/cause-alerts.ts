import { metrics } from '../../services/contracts/metrics.ts'
import { type Alert, type AlertingRule, alertingRule, type RuleGroup } from './rule.ts'
import { scaledAge, scaledWait, scaledWindow, type Timescale } from './timescale.ts'

/** Causes are tickets: what people notice pages through its objective. Units: seconds. */
const LIMITS = {
  outboxAge: 60,
  drain: 120,
  sagaAge: 300,
  poolShare: 0.9,
  eventLoopLag: 0.2,
} as const

/** `retry` queues drain by their timers, `dead` ones by people. */
const WORK_QUEUE = 'queue!~".*[.](dead|retry[.].*)"'

const ticket = (alert: string, summary: string, expr: string, after: string): Alert => ({
  ...{ alert, summary, expr, after, severity: 'ticket' },
})

/** Words that wait to be said, heard or decided upon. */
function messagingAlerts(scale: Timescale): Alert[] {
  const age = (seconds: number) => scaledAge(seconds, scale)
  const handled = `rate(${metrics.processDuration.name}_count[${scaledWindow('5m', scale)}])`
  const byQueue = `sum by (queue) (label_replace(${handled}, "queue", "$1", "messaging_destination_name", "(.*)"))`
  return [
    ticket(
      'OutboxStuck',
      '{{ $labels.service }} has had something to say for {{ $value | humanizeDuration }}',
      `max by (service) (${metrics.outboxOldestAge.name}) > ${age(LIMITS.outboxAge)}`,
      scaledWait('1m', scale),
    ),
    ticket(
      'DeadLetters',
      '{{ $value }} messages in {{ $labels.queue }} wait for a decision',
      'max by (queue) (rabbitmq_queue_messages{queue=~".*[.]dead"}) > 0',
      scaledWait('1m', scale),
    ),
    ticket(
      'QueueNotDraining',
      '{{ $labels.queue }} would take {{ $value | humanizeDuration }} to drain',
      `max by (queue) (rabbitmq_queue_messages_ready{${WORK_QUEUE}}) / clamp_min(${byQueue}, 0.01) > ${age(LIMITS.drain)}`,
      scaledWait('5m', scale),
    ),
    ticket(
      'SagaStuck',
      'an order has been in {{ $labels.state }} for {{ $value | humanizeDuration }}',
      // Waiting for a payment by hand is no trouble: it has a deadline of its own.
      `max by (state) (${metrics.sagaOldestAge.name}{state!~"process-payment|parked"}) > ${age(LIMITS.sagaAge)}`,
      scaledWait('1m', scale),
    ),
    ticket(
      'SagaParked',
      '{{ $value }} orders cannot be settled by the platform alone',
      `max by (state) (${metrics.sagasInFlight.name}{state="parked"}) > 0`,
      scaledWait('0s', scale),
    ),
    ticket(
      'ProjectionParked',
      '{{ $value }} orders are not shown as they are',
      `max(${metrics.parkedOrders.name}) > 0`,
      scaledWait('1m', scale),
    ),
    ticket(
      'MailGivenUp',
      '{{ $value }} e-mails could not be sent',
      `max by (state) (${metrics.mailsUnsent.name}{state="failed"}) > 0`,
      scaledWait('1m', scale),
    ),
  ]
}

function processAlerts(scale: Timescale): Alert[] {
  const pool = metrics.poolConnections.name
  return [
    ticket(
      'PoolSaturated',
      '{{ $labels.service }} uses {{ $value | humanizePercentage }} of its database connections',
      `max by (service, instance) (${pool}{db_client_connection_state="used"}) / max by (service, instance) (${metrics.poolMax.name}) > ${LIMITS.poolShare}`,
      scaledWait('5m', scale),
    ),
    ticket(
      'EventLoopLagging',
      '{{ $labels.service }} ({{ $labels.instance }}) is {{ $value | humanizeDuration }} late',
      `max by (service, instance) (nodejs_eventloop_lag_p99_seconds) > ${LIMITS.eventLoopLag}`,
      scaledWait('5m', scale),
    ),
    ticket(
      'BreakerOpen',
      '{{ $labels.service }} has given up asking {{ $labels.dependency }}',
      // Half open counts: an open breaker tries every few seconds.
      `max by (service, dependency) (${metrics.breakerState.name}) > 0`,
      scaledWait('5m', scale),
    ),
    ticket(
      'BrokerDisconnected',
      '{{ $labels.service }} ({{ $labels.instance }}) has no connection to the broker',
      `${metrics.brokerConnected.name} == 0`,
      scaledWait('1m', scale),
    ),
    ticket(
      'BrokerBlocked',
      'the broker takes nothing from {{ $labels.service }}: its memory or its disk is full',
      `max by (service) (${metrics.brokerBlocked.name}) > 0`,
      scaledWait('30s', scale),
    ),
    ticket(
      'TargetDown',
      '{{ $labels.service }} ({{ $labels.instance }}) does not answer Prometheus',
      'up == 0',
      scaledWait('1m', scale),
    ),
  ]
}

/** A service that Prometheus was never told of, or that answers without our metrics. */
const absence = (service: string, scale: Timescale): Alert =>
  ticket(
    'MetricsAbsent',
    'nothing is known of {{ $labels.service }}',
    `absent(up{service="${service}"}) or (up{service="${service}"} == 1 unless on (service, instance) ${metrics.buildInfo.name})`,
    scaledWait('5m', scale),
  )

const REPLICAS_AT_MAXIMUM: Alert = ticket(
  'ReplicasAtMaximum',
  '{{ $labels.horizontalpodautoscaler }} may not grow any further',
  'kube_horizontalpodautoscaler_status_desired_replicas >= on (namespace, horizontalpodautoscaler) kube_horizontalpodautoscaler_spec_max_replicas > on (namespace, horizontalpodautoscaler) kube_horizontalpodautoscaler_spec_min_replicas',
  '15m',
)

/** `cluster`: also what only Kubernetes can tell. */
export const causeAlerts = (
  services: readonly string[],
  scale: Timescale,
  { cluster = false } = {},
): RuleGroup<AlertingRule> => ({
  name: 'causes',
  rules: [
    ...[...messagingAlerts(scale), ...processAlerts(scale)].map((alert) => alertingRule(alert)),
    ...services.map((service) => alertingRule(absence(service, scale), { service })),
    ...(cluster ? [alertingRule(REPLICAS_AT_MAXIMUM)] : []),
  ],
})
