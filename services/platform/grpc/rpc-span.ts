import type { Metadata } from '@grpc/grpc-js'
import {
  context,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type TextMapGetter,
  trace,
} from '@opentelemetry/api'
import { inServerSpan, tracer } from '../telemetry/server-span.ts'
import { statusName } from './status.ts'

const METADATA: TextMapGetter<Metadata> = {
  get: (metadata, key) => metadata.get(key)[0]?.toString(),
  keys: (metadata) => Object.keys(metadata.getMap()),
}

/** Runs the work in the SERVER span of one rpc. */
export const inRpcSpan = <T>(path: string, metadata: Metadata, work: (span: Span) => T): T =>
  inServerSpan(path.slice(1), propagation.extract(ROOT_CONTEXT, metadata, METADATA), work)

/** The CLIENT span of one attempt; what it leaves in the metadata makes the server's its child. */
export function startClientSpan(path: string, metadata: Metadata): Span {
  const span = tracer.startSpan(path.slice(1), { kind: SpanKind.CLIENT })
  propagation.inject(trace.setSpan(context.active(), span), metadata, {
    set: (carrier, key, value) => carrier.set(key, value),
  })
  return span
}

/** Names as in OpenTelemetry's RPC conventions. */
export function endRpcSpan(span: Span, path: string, code: number, failed: boolean): void {
  if (span.isRecording()) {
    const [, service, method] = path.split('/')
    span.setAttributes({
      'rpc.system': 'grpc',
      'rpc.service': service,
      'rpc.method': method,
      'rpc.grpc.status_code': code,
      ...(failed && { 'error.type': statusName(code) }),
    })
    if (failed) span.setStatus({ code: SpanStatusCode.ERROR })
  }
  span.end()
}
