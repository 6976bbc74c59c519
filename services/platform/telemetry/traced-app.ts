// A small service of its own, started by telemetry.test.ts as a process with the tracing hooks.
import { Router } from 'express'
import { z } from 'zod'
import { connectBroker } from '../broker/connection.ts'
import type { Broker } from '../broker/topology.ts'
import { readConfig } from '../config.ts'
import { httpApp } from '../http/app.ts'
import { listen } from '../http/server.ts'
import { createLog } from '../log.ts'
import { appendMessages } from '../outbox.ts'
import { startRelay } from '../relay.ts'
import { createPool, inTransaction, statement } from '../sql.ts'
import { stopTelemetry } from './sdk.ts'

const config = readConfig({ DATABASE_URL: z.string(), RABBITMQ_URL: z.string() })
const log = createLog({ service: 'traced', level: 'info' })
const pool = createPool(config.DATABASE_URL, log)
const select = statement('traced-select', 'select 1')

const broker: Broker = {
  exchanges: { 'traced.events': 'topic' },
  exchangeOf: () => 'traced.events',
  topology: [
    {
      queue: 'traced.things',
      consumer: 'traced',
      prefetch: 8,
      bindings: [{ exchange: 'traced.events', message: 'stock.released' }],
    },
  ],
}

const connection = await connectBroker({
  url: config.RABBITMQ_URL,
  broker,
  pool,
  log,
  consumers: {
    'traced.things': {
      'stock.released': ({ id }, once) =>
        once(async (tx) => {
          await tx.query(select())
          log.info({ id }, 'heard')
        }),
    },
  },
})
const relay = startRelay({
  pool,
  publish: connection.publisher.publish,
  log,
})

const routes = Router()
routes.get('/things/:id', async (_req, res) => {
  await pool.query(select())
  res.json({})
})
routes.post('/things/:id', async (req, res) => {
  const { id } = req.params
  await inTransaction(pool, (tx) =>
    appendMessages(tx, [
      { name: 'stock.released', aggregateId: id, version: 1, payload: { orderId: id } },
    ]),
  )
  res.status(202).json({})
})
const http = await listen(httpApp(log, [routes]), { port: 0, host: '127.0.0.1' })
log.info({ port: http.port }, 'started')

process.once('SIGTERM', async () => {
  await http.drain()
  await relay.stop()
  await connection.stop()
  await pool.end()
  await stopTelemetry()
  process.exit(0)
})
