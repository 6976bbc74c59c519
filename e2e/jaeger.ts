import { request } from '#platform/testing.ts'
import type { Span, Trace } from '../deploy/jaeger/trace.ts'
import { ports } from './stack.ts'

const API = `http://127.0.0.1:${ports.jaeger}/api`

export async function traceOf(traceId: string): Promise<Trace | undefined> {
  const { body } = await request(`${API}/traces/${traceId}`)
  return body?.data?.[0]
}

export const serviceOf = (trace: Trace, span: Span): string =>
  trace.processes[span.processID]?.serviceName ?? 'unknown'

export const servicesIn = (trace: Trace): Set<string> =>
  new Set(trace.spans.map((span) => serviceOf(trace, span)))

/** The newest traces that a service took part in. */
export async function tracesOf(service: string, limit: number): Promise<Trace[]> {
  const { body } = await request(`${API}/traces?service=${service}&limit=${limit}&lookback=1h`)
  return body?.data ?? []
}

/** `from → to` for each pair of services where a span of one is the parent of a span of the other. */
export function edgesIn(trace: Trace): string[] {
  const owners = new Map(trace.spans.map((span) => [span.spanID, serviceOf(trace, span)]))
  return trace.spans.flatMap((span) =>
    span.references.flatMap(({ spanID }) => {
      const [from, to] = [owners.get(spanID), serviceOf(trace, span)]
      return from && from !== to ? [`${from} → ${to}`] : []
    }),
  )
}
