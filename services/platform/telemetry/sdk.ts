import { getNodeAutoInstrumentations } from '@opentelemetry/auto-instrumentations-node'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import { NodeSDK } from '@opentelemetry/sdk-node'
import {
  BatchSpanProcessor,
  SimpleSpanProcessor,
  type SpanExporter,
} from '@opentelemetry/sdk-trace'

let sdk: NodeSDK | undefined

/** Traces only: metrics belong to prom-client and logs to pino, so both exporters stay off. */
export function startTelemetry(exporter?: SpanExporter): void {
  sdk = new NodeSDK({
    spanProcessors: [
      exporter
        ? new SimpleSpanProcessor({ exporter })
        : new BatchSpanProcessor({ exporter: new OTLPTraceExporter() }),
    ],
    metricReaders: [],
    logRecordProcessors: [],
    instrumentations: [instrumentations()],
  })
  sdk.start()
}

/** Sends what is still buffered; the signal handler of the process calls it, nothing else does. */
export async function stopTelemetry(): Promise<void> {
  await sdk?.shutdown()
}

function instrumentations() {
  // An instrumentation patches as soon as it is made, so the unwanted ones must not be made at all.
  // Express's layer spans double the cost of a request and say nothing our route label does not.
  // A span per SQL statement made an order's trace 124 spans long and doubled its CPU: add `pg` when needed.
  process.env.OTEL_NODE_ENABLED_INSTRUMENTATIONS ??= 'http,undici,amqplib'
  return getNodeAutoInstrumentations({
    '@opentelemetry/instrumentation-http': {
      // http/request-span.ts makes these.
      disableIncomingRequestInstrumentation: true,
    },
    '@opentelemetry/instrumentation-undici': { requireParentforSpans: true },
    '@opentelemetry/instrumentation-pg': { requireParentSpan: true, ignoreConnectSpans: true },
  })
}
