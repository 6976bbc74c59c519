import { JAEGER_PORTS } from '../jaeger/config.ts'
import { TAIL_SAMPLING_PERCENT, type TraceMode } from '../jaeger/sampling.ts'
import { spanMetricsConnector } from '../jaeger/span-metrics.ts'

export const COLLECTOR_PORTS = { grpc: 4_317, http: 4_318, health: 13_133, metrics: 8_889 }

/** Longer than this and a trace is kept, however few are. */
const SLOW_MS = 500

export type CollectorOptions = {
  mode: TraceMode
  /** host:port of what stores traces, by OTLP over gRPC. */
  jaeger?: string
}

/**
 * The OpenTelemetry Collector between services and Jaeger in a cluster: adds pod names, makes figures
 * of all spans, and then keeps every trace that is slow or wrong and a share of the rest. One replica:
 * a second would see half of each trace and needs a load-balancing tier before it. Needs `get`, `list`
 * and `watch` of pods, namespaces and replicasets.
 */
export const collectorConfig = ({
  mode,
  jaeger = `jaeger:${JAEGER_PORTS.otlpGrpc}`,
}: CollectorOptions) => ({
  extensions: { health_check: { endpoint: `0.0.0.0:${COLLECTOR_PORTS.health}` } },
  receivers: {
    otlp: {
      protocols: {
        grpc: { endpoint: `0.0.0.0:${COLLECTOR_PORTS.grpc}` },
        http: { endpoint: `0.0.0.0:${COLLECTOR_PORTS.http}` },
      },
    },
  },
  processors: {
    memory_limiter: { check_interval: '1s', limit_percentage: 80, spike_limit_percentage: 25 },
    k8s_attributes: {
      extract: { metadata: ['k8s.namespace.name', 'k8s.deployment.name', 'k8s.pod.name'] },
      pod_association: [{ sources: [{ from: 'connection' }] }],
    },
    tail_sampling: {
      decision_wait: '10s',
      num_traces: 20_000,
      policies: policiesOf(TAIL_SAMPLING_PERCENT[mode]),
    },
  },
  connectors: { span_metrics: spanMetricsConnector },
  exporters: {
    otlp_grpc: { endpoint: jaeger, tls: { insecure: true }, sending_queue: { batch: {} } },
    prometheus: { endpoint: `0.0.0.0:${COLLECTOR_PORTS.metrics}` },
  },
  service: {
    extensions: ['health_check'],
    pipelines: {
      'traces/figures': pipeline('otlp', ['memory_limiter'], 'span_metrics'),
      // Attributes before sampling: afterwards the connection is gone that says which pod it was.
      'traces/kept': pipeline(
        'otlp',
        ['memory_limiter', 'k8s_attributes', 'tail_sampling'],
        'otlp_grpc',
      ),
      metrics: pipeline('span_metrics', [], 'prometheus'),
    },
  },
})

const pipeline = (receiver: string, processors: readonly string[], exporter: string) => ({
  ...{ receivers: [receiver], processors, exporters: [exporter] },
})

const policiesOf = (percent: number) => [
  { name: 'wrong', type: 'status_code', status_code: { status_codes: ['ERROR'] } },
  { name: 'slow', type: 'latency', latency: { threshold_ms: SLOW_MS } },
  { name: 'rest', type: 'probabilistic', probabilistic: { sampling_percentage: percent } },
]
