import { spanMetricsConnector } from './span-metrics.ts'
import { backendOf, type JaegerStorage } from './storage.ts'

export type JaegerPorts = {
  jaeger: number
  otlpHttp: number
  otlpGrpc: number
  jaegerHealth: number
  jaegerMetrics: number
}

/** Jaeger's usual numbers, for where it has an address to itself. */
export const JAEGER_PORTS: JaegerPorts = {
  jaeger: 16_686,
  otlpHttp: 4_318,
  otlpGrpc: 4_317,
  jaegerHealth: 13_133,
  jaegerMetrics: 8_888,
}

/** Where clients ask how much to sample. */
const SAMPLING_PORT = 5_778

export type JaegerOptions = {
  storage: JaegerStorage
  ports?: JaegerPorts
  /** The address it listens at. */
  host?: string
  /** Path of what sampling.ts says; nobody can ask without one. */
  samplingFile?: string
  /** Path of what ui.ts says. */
  uiFile?: string
  /** Port for the figures made of spans; without one the collector makes them. */
  spanMetricsPort?: number
  /** Base URL of the Prometheus that has those figures, for Jaeger's Monitor page. */
  prometheus?: string
}

/** The whole configuration of Jaeger v2. JSON is YAML: it is written as it stands. */
export function jaegerConfig(options: JaegerOptions) {
  const { ports = JAEGER_PORTS, host = '0.0.0.0', spanMetricsPort } = options
  const at = (port: number) => ({ endpoint: `${host}:${port}` })
  const extensions = extensionsOf({ ...options, ports, host })
  const exporters = ['jaeger_storage_exporter', ...(spanMetricsPort ? ['spanmetrics'] : [])]
  return {
    service: {
      extensions: Object.keys(extensions),
      pipelines: {
        traces: { receivers: ['otlp'], processors: ['batch'], exporters },
        ...(spanMetricsPort && {
          metrics: { receivers: ['spanmetrics'], exporters: ['prometheus'] },
        }),
      },
      telemetry: telemetryOf(host, ports.jaegerMetrics),
    },
    extensions,
    receivers: { otlp: { protocols: { grpc: at(ports.otlpGrpc), http: at(ports.otlpHttp) } } },
    processors: { batch: { timeout: '1s' } },
    ...(spanMetricsPort && { connectors: { spanmetrics: spanMetricsConnector } }),
    exporters: {
      jaeger_storage_exporter: { trace_storage: 'traces' },
      ...(spanMetricsPort && { prometheus: at(spanMetricsPort) }),
    },
  }
}

const telemetryOf = (host: string, port: number) => ({
  resource: { 'service.name': 'jaeger' },
  metrics: { level: 'basic', readers: [{ pull: { exporter: { prometheus: { host, port } } } }] },
  logs: { level: 'warn' },
})

function extensionsOf({
  storage,
  ports,
  host,
  samplingFile,
  uiFile,
  prometheus,
}: JaegerOptions & { ports: JaegerPorts; host: string }) {
  return {
    jaeger_storage: {
      backends: { traces: backendOf(storage) },
      ...(prometheus && { metric_backends: { figures: figuresOf(prometheus) } }),
    },
    jaeger_query: {
      storage: { traces: 'traces', ...(prometheus && { metrics: 'figures' }) },
      http: { endpoint: `${host}:${ports.jaeger}` },
      // The gRPC query service has no user here, but its default port may be somebody else's.
      grpc: { endpoint: `${host}:0` },
      ...(uiFile && { ui: { config_file: uiFile } }),
    },
    healthcheckv2: { use_v2: true, http: { endpoint: `${host}:${ports.jaegerHealth}` } },
    ...(samplingFile && {
      remote_sampling: {
        file: { path: samplingFile },
        http: { endpoint: `${host}:${SAMPLING_PORT}` },
      },
    }),
  }
}

/** Has to say what the connector's settings make of names and units. */
const figuresOf = (endpoint: string) => ({
  prometheus: { endpoint, normalize_calls: true, normalize_duration: true, latency_unit: 's' },
})
