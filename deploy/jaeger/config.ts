type Ports = {
  jaeger: number
  otlpHttp: number
  otlpGrpc: number
  jaegerHealth: number
  jaegerMetrics: number
}

/** Jaeger v2 on one machine, traces in memory. JSON is YAML: it is written as it stands. */
export function jaegerConfig(ports: Ports, host = '127.0.0.1') {
  const at = (port: number) => ({ endpoint: `${host}:${port}` })
  return {
    service: {
      extensions: ['jaeger_storage', 'jaeger_query', 'healthcheckv2'],
      pipelines: {
        traces: {
          receivers: ['otlp'],
          processors: ['batch'],
          exporters: ['jaeger_storage_exporter'],
        },
      },
      telemetry: {
        resource: { 'service.name': 'jaeger' },
        metrics: {
          level: 'basic',
          readers: [{ pull: { exporter: { prometheus: { host, port: ports.jaegerMetrics } } } }],
        },
        logs: { level: 'warn' },
      },
    },
    extensions: {
      healthcheckv2: { use_v2: true, http: at(ports.jaegerHealth) },
      jaeger_query: {
        storage: { traces: 'memory' },
        http: at(ports.jaeger),
        // The gRPC query service has no user here, but its default port may be somebody else's.
        grpc: { endpoint: `${host}:0` },
      },
      // About 1 kB per span and 20 spans per order: 2,000 traces are some 40 MB.
      jaeger_storage: { backends: { memory: { memory: { max_traces: 2_000 } } } },
    },
    receivers: { otlp: { protocols: { grpc: at(ports.otlpGrpc), http: at(ports.otlpHttp) } } },
    processors: { batch: { timeout: '1s' } },
    exporters: { jaeger_storage_exporter: { trace_storage: 'memory' } },
  }
}
