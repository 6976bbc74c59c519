import { propagation, ROOT_CONTEXT, type Span, SpanStatusCode } from '@opentelemetry/api'
import type { Request, Response } from 'express'
import { inServerSpan } from '../telemetry/server-span.ts'

/**
 * Runs the work in the SERVER span of a request. Ours and not the http
 * instrumentation's, which wraps every listener of request and response and reads every header
 * whether the trace is kept or not: that was half of what tracing a hop costs.
 */
export const inRequestSpan = (req: Request, work: (span: Span) => void): void =>
  inServerSpan(req.method, propagation.extract(ROOT_CONTEXT, req.headers), work)

/** Names as in OpenTelemetry's HTTP conventions. Query strings and addresses stay out of traces. */
export function endRequestSpan(span: Span, req: Request, res: Response, route: string): void {
  if (span.isRecording()) {
    const failed = res.statusCode >= 500
    span.updateName(`${req.method} ${route}`).setAttributes({
      'http.request.method': req.method,
      'http.route': route,
      'http.response.status_code': res.statusCode,
      'url.scheme': req.protocol,
      'url.path': req.originalUrl.split('?', 1)[0],
      'user_agent.original': req.headers['user-agent'],
      ...(failed && { 'error.type': String(res.statusCode) }),
    })
    if (failed) span.setStatus({ code: SpanStatusCode.ERROR })
  }
  span.end()
}
