import type { IncomingHttpHeaders } from 'node:http'
import type { Request, Response } from 'express'

const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'expect',
])

/** Ours to set, whatever the client sent: a key or an address from outside would be a forgery. */
const OURS = new Set([
  'host',
  'content-length',
  'x-api-key',
  'x-correlation-id',
  'x-forwarded-for',
  'api-version',
  'traceparent',
  'tracestate',
])

/** What a service is told: the client's headers, our correlation id, and the client's address. */
export function forwardedHeaders(req: Request, res: Response): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = {
    'x-correlation-id': String(res.get('x-correlation-id')),
    'x-forwarded-for': req.ip ?? '',
    // Where there are no versions, there is none.
    ...(res.locals.version && { 'api-version': res.locals.version }),
  }
  for (const [name, value] of Object.entries(req.headers)) {
    if (value !== undefined && !HOP_BY_HOP.has(name) && !OURS.has(name)) headers[name] = value
  }
  return headers
}

/** What the client is told: the service's headers, less those of the connection between us. */
export function returnedHeaders(headers: IncomingHttpHeaders): Record<string, string | string[]> {
  const returned: Record<string, string | string[]> = {}
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && !HOP_BY_HOP.has(name) && name !== 'x-correlation-id') {
      returned[name] = value
    }
  }
  return returned
}
