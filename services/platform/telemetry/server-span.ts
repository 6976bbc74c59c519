import { type Context, context, type Span, SpanKind, trace } from '@opentelemetry/api'

export const tracer = trace.getTracer('restofy')

/** Runs the work in the SERVER span of what somebody asks for, a child of theirs. */
export function inServerSpan<T>(name: string, caller: Context, work: (span: Span) => T): T {
  const span = tracer.startSpan(name, { kind: SpanKind.SERVER }, caller)
  return context.with(trace.setSpan(caller, span), work, undefined, span)
}
