import type { Span, Trace } from '../deploy/jaeger/trace.ts'
import { escaped } from './chart.ts'

type Placed = { span: Span; depth: number }

/** A trace as one bar per span, each below the span that caused it. */
export function waterfall(trace: Trace): string {
  const startedAt = Math.min(...trace.spans.map(({ startTime }) => startTime))
  const endedAt = Math.max(...trace.spans.map(({ startTime, duration }) => startTime + duration))
  const services = [...new Set(Object.values(trace.processes).map((each) => each.serviceName))]
  const percent = (micros: number) => ((micros / (endedAt - startedAt)) * 100).toFixed(2)
  const rows = inOrder(trace.spans).map(({ span, depth }) => {
    const service = trace.processes[span.processID]!.serviceName
    const colour = `c${services.indexOf(service) % 8}`
    const bar = `left:${percent(span.startTime - startedAt)}%;width:${percent(span.duration)}%`
    const failed = span.tags.some(({ key, value }) => key === 'error' && value === true)
    return `<tr${failed ? ' class="failed"' : ''}><th style="padding-left:${depth * 0.8}rem"><b class="${colour}">${escaped(service)}</b> ${escaped(span.operationName)}</th><td><i class="${colour}" style="${bar}"></i></td><td>${milliseconds(span.duration)}</td></tr>`
  })
  return `<p>${trace.spans.length} spans of ${services.length} services in ${milliseconds(endedAt - startedAt)}; trace <code>${trace.traceID}</code></p><table class="waterfall">${rows.join('')}</table>`
}

/** Parents before children, brothers by time. A span whose parent is elsewhere is a root. */
export function inOrder(spans: readonly Span[]): Placed[] {
  const known = new Set(spans.map(({ spanID }) => spanID))
  const parentOf = ({ references }: Span) =>
    references.find(({ spanID }) => known.has(spanID))?.spanID
  const below = (parent: string | undefined, depth: number): Placed[] =>
    spans
      .filter((span) => parentOf(span) === parent)
      .sort((a, b) => a.startTime - b.startTime)
      .flatMap((span) => [{ span, depth }, ...below(span.spanID, depth + 1)])
  return below(undefined, 0)
}

const milliseconds = (micros: number): string => `${(micros / 1_000).toFixed(1)} ms`
