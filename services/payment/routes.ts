import { Router } from 'express'
import { z } from 'zod'
import { mayRead, signedIn } from '#platform/auth.ts'
import { pathId } from '#platform/http/path-id.ts'
import { newResourceId } from '#platform/idempotency.ts'
import { cents } from '#platform/money.ts'
import { parse } from '#platform/parse.ts'
import { text } from '#platform/text.ts'
import { type PayDeps, payOrder } from './pay-order.ts'
import { paymentV1 } from './payment.ts'
import { paymentNotFound } from './problems.ts'
import { refundV1 } from './refund.ts'
import { refundPayment } from './refund-payment.ts'
import { findPayment } from './store.ts'

export const PaymentBody = z.strictObject({
  orderId: z.uuid().toLowerCase(),
  amount: cents,
  method: text(40),
  // The sandbox's card that always works, for callers that only want to see an order paid.
  token: text(200).default('tok_ok'),
})

export const RefundBody = z.strictObject({
  amount: cents.pipe(z.int().min(1)),
  reason: text(200),
})

export function paymentRoutes(deps: PayDeps): Router {
  const routes = Router()

  routes.post('/payments', async (req, res) => {
    const { id: customerId } = signedIn(res, 'customer')
    const { amount: amountCents, ...body } = parse(PaymentBody, req.body)
    const payment = await payOrder(deps, {
      id: newResourceId(res),
      customerId,
      amountCents,
      ...body,
    })
    res.status(201).location(`/api/v1/payments/${payment.id}`).json(paymentV1(payment))
  })

  routes.get('/payments/:id', async (req, res) => {
    const principal = signedIn(res)
    const id = pathId(req.params.id, paymentNotFound)
    const payment = await findPayment(deps.pool, id)
    if (!payment || !mayRead(principal, payment.customerId)) throw paymentNotFound(id)
    res.json(paymentV1(payment))
  })

  routes.post('/payments/:id/refunds', async (req, res) => {
    signedIn(res, 'admin')
    const paymentId = pathId(req.params.id, paymentNotFound)
    const { amount: amountCents, reason } = parse(RefundBody, req.body)
    const refund = { id: newResourceId(res), paymentId, amountCents, reason }
    res.status(201).json(refundV1(await refundPayment(deps, refund)))
  })

  return routes
}
