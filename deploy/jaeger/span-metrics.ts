import { metrics } from '../../services/contracts/metrics.ts'

const NAMESPACE = 'traces.span.metrics'

/** What the settings below become in Prometheus; Jaeger's Monitor page reads the same names. */
export const spanMetrics = {
  calls: 'traces_span_metrics_calls_total',
  duration: 'traces_span_metrics_duration_seconds',
} as const

/**
 * Rate, errors and duration of every kind of span, counted before any sampling: afterwards they would
 * be figures of the sample. The routes' own metrics stay the truth for objectives.
 */
export const spanMetricsConnector = {
  namespace: NAMESPACE,
  histogram: {
    unit: 's',
    explicit: { buckets: metrics.httpDuration.buckets!.map((seconds) => `${seconds * 1_000}ms`) },
  },
  // A process that restarts goes on counting where the other left off.
  resource_metrics_key_attributes: ['service.name'],
  metrics_flush_interval: '15s',
  metrics_expiration: '10m',
}
