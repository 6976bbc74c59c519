import { type Request, type Response, Router } from 'express'
import type { Pool } from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { z } from 'zod'
import { pathId } from '#platform/http/path-id.ts'
import type { Log } from '#platform/log.ts'
import { parse } from '#platform/parse.ts'
import { text } from '#platform/text.ts'
import { chargeView, refundView } from './charge.ts'
import { chargeCard } from './charge-card.ts'
import { chargeAnswered, refundAnswered } from './observe.ts'
import { chargeNotFound, keyRequired } from './problems.ts'
import { refundCharge } from './refund-charge.ts'
import { findByKey, totals } from './store.ts'

export type AcquirerDeps = {
  pool: Pool
  log: Log
  pause: (res: Response, ms: number) => Promise<void>
}

const Cents = z.int().min(0).max(100_000_000)
const NewCharge = z.strictObject({
  amountCents: Cents,
  currency: z.literal('EUR'),
  token: text(100),
})
const NewRefund = z.strictObject({ amountCents: Cents })
const ByKey = z.strictObject({ key: text(255) })

export function acquirerRoutes({ pool, log, pause }: AcquirerDeps): Router {
  const routes = Router()

  routes.post('/charges', async (req, res) => {
    const request = { key: keyOf(req), ...parse(NewCharge, req.body) }
    const deps = { pool, newId: uuidv7, pause: (ms: number) => pause(res, ms) }
    const charge = await chargeCard(deps, request)
    chargeAnswered(log, charge)
    res.status(charge.status === 'captured' ? 201 : 402).json(chargeView(charge))
  })

  routes.get('/charges', async (req, res) => {
    const { key } = parse(ByKey, req.query)
    const charge = await findByKey(pool, key)
    if (!charge) throw chargeNotFound(`under key ${key}`)
    res.json(chargeView(charge))
  })

  routes.post('/charges/:id/refunds', async (req, res) => {
    const chargeId = pathId(req.params.id, chargeNotFound)
    const { amountCents } = parse(NewRefund, req.body)
    const request = { chargeId, key: keyOf(req), amountCents }
    const refund = await refundCharge({ pool, newId: uuidv7 }, request)
    refundAnswered(log, refund)
    res.status(201).json(refundView(refund))
  })

  routes.get('/ledger', async (_req, res) => {
    res.json(await totals(pool))
  })

  return routes
}

function keyOf(req: Request): string {
  const key = req.get('idempotency-key')
  if (!key || key.length > 255) throw keyRequired()
  return key
}
