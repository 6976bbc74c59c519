// A whole service of no use, started by run.test.ts as a process of its own.
import { once } from 'node:events'
import { Router } from 'express'
import { z } from 'zod'
import type { ServiceManifest } from '../manifest.ts'
import { BROKER, QUEUE } from './broker/testing-station.ts'
import { readConfig } from './config.ts'
import { runService } from './run.ts'

const manifest: ServiceManifest = {
  name: 'tried',
  summary: 'Starts, answers and stops',
  port: 3999,
  roles: ['http', 'worker'],
  routes: [],
  calls: [],
  emits: ['stock.released'],
  hears: [{ queue: QUEUE, messages: ['stock.released'] }],
  needs: ['postgres', 'rabbitmq'],
  replicas: { min: 1, max: 1 },
  resources: { cpu: '100m', memory: '128Mi' },
  slo: { availability: 0.999, latency: { share: 0.99, withinMs: 250 } },
}

await runService(manifest, BROKER, ({ leaving, log }) => {
  readConfig({ OWN_SETTING: z.string({ error: 'is not set' }) })
  const routes = Router()
  routes.get('/things/:id', (req, res) => void res.json({ id: req.params.id }))
  // Answers only when the process has begun to leave.
  routes.get('/slow', async (_req, res) => {
    log.info('asked slowly')
    if (!leaving.aborted) await once(leaving, 'abort')
    res.json({ answered: true })
  })
  return { handlers: [routes], consumers: { [QUEUE]: { 'stock.released': async () => {} } } }
})
