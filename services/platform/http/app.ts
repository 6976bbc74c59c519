import { AsyncResource } from 'node:async_hooks'
import { randomUUID } from 'node:crypto'
import express, { type Express, type Request, type RequestHandler, type Response } from 'express'
import { inContext } from '../context.ts'
import type { Log } from '../log.ts'
import { httpDuration } from '../metrics.ts'
import { problemHandler, unknownRoute } from '../problem.ts'
import { endRequestSpan, inRequestSpan } from './request-span.ts'

/** Design limit for every JSON body of the platform. */
export const BODY_LIMIT_BYTES = 100_000

const PROBES = /^\/(livez|readyz|health)$/
const CORRELATION_ID = /^[\w.:-]{1,128}$/

/** What every HTTP server of the platform is made of, around the handlers of one service. */
export function httpApp(
  log: Log,
  handlers: readonly RequestHandler[],
  { parseBodies = true, trustedHops = 0 }: { parseBodies?: boolean; trustedHops?: number } = {},
): Express {
  const app = express().disable('x-powered-by').disable('etag')
  // A hop count: `true` would let anybody write their own address.
  app.set('trust proxy', trustedHops).use(observed(log))
  if (parseBodies) app.use(express.json({ limit: BODY_LIMIT_BYTES }))
  for (const handler of handlers) app.use(handler)
  return app.use(unknownRoute).use(problemHandler(log))
}

/** Correlation id in and out, one metric and one log line per request, the route on the span. */
function observed(log: Log): RequestHandler {
  return (req, res, next) => {
    const started = performance.now()
    const offered = req.get('x-correlation-id')
    const correlationId = offered && CORRELATION_ID.test(offered) ? offered : randomUUID()
    res.setHeader('x-correlation-id', correlationId)
    if (PROBES.test(req.path)) return next()
    inRequestSpan(req, (span) =>
      inContext({ correlationId }, () => {
        // In a proxy 'close' comes from the upstream's socket, outside this request's context.
        const request = new AsyncResource('request')
        res.once('close', () =>
          request.runInAsyncScope(() => {
            const route = routeOf(req)
            observe(log, req, res, route, started)
            endRequestSpan(span, req, res, route)
          }),
        )
        next()
      }),
    )
  }
}

/** From here on the answer is a stream: how long it lasts says nothing of how fast we are. */
export function streaming(res: Response): void {
  res.locals.streamingSince = performance.now()
}

function observe(log: Log, req: Request, res: Response, route: string, started: number): void {
  const answered: number = res.locals.streamingSince ?? performance.now()
  const seconds = (answered - started) / 1000
  httpDuration.observe({ method: req.method, route, status_code: res.statusCode }, seconds)
  log.info(
    {
      method: req.method,
      route,
      path: req.originalUrl.split('?', 1)[0],
      status: res.statusCode,
      duration_ms: Math.round(seconds * 1e4) / 10,
      // Where undefined, pino leaves the field out.
      principal: res.locals.principal?.id,
      aborted: res.writableFinished ? undefined : true,
    },
    'request',
  )
}

/** The template, never the path: paths hold ids, and every id would be a new time series. */
const routeOf = (req: Request): string =>
  req.route ? req.baseUrl + String(req.route.path) : 'unmatched'
