// One HTTP hop, started by bench-telemetry.ts: alone, or as every service of the platform makes it.
// usage: node [--import ../services/platform/telemetry/register.ts] scripts/telemetry-hop.ts bare|traced|platform
import express, { type RequestHandler, Router } from 'express'
import { BODY_LIMIT_BYTES, httpApp } from '#platform/http/app.ts'
import { endRequestSpan, inRequestSpan } from '#platform/http/request-span.ts'
import { listen } from '#platform/http/server.ts'
import { createLog } from '#platform/log.ts'

export type HopMessage = { port: number } | { cpuMicros: number }

const routes = Router()
routes.get('/things/:id', (req, res) => {
  res.json({ id: req.params.id, name: 'Margherita', price: 10.5, open: true })
})

const traced: RequestHandler = (req, res, next) => {
  inRequestSpan(req, (span) => {
    res.once('close', () => endRequestSpan(span, req, res, '/things/:id'))
    next()
  })
}

const bare = (first: RequestHandler[]) => {
  const app = express().disable('x-powered-by').disable('etag')
  return app.use(...first, express.json({ limit: BODY_LIMIT_BYTES }), routes)
}

const APPS = {
  bare: () => bare([]),
  traced: () => bare([traced]),
  platform: () => {
    const log = createLog({ service: 'hop', level: 'info', file: process.env.LOG_FILE })
    return httpApp(log, [routes])
  },
}
export type Hop = keyof typeof APPS

const app = APPS[process.argv[2] as Hop]()
const { port } = await listen(app, { port: 0, host: '127.0.0.1' })
const say = (message: HopMessage) => process.send?.(message)
process.on('message', () => {
  const { user, system } = process.cpuUsage()
  say({ cpuMicros: user + system })
})
process.on('disconnect', () => process.exit(0))
say({ port })
