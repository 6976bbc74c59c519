import { type RequestHandler, type Response, Router } from 'express'
import { z } from 'zod'
import type { OrderState } from '#contracts/order.ts'
import { orderV1 } from '#contracts/order-view.ts'
import { signedIn } from '#platform/auth.ts'
import { pathId } from '#platform/http/path-id.ts'
import { answerIsKept, answerToKeep, newResourceId } from '#platform/idempotency.ts'
import { parse } from '#platform/parse.ts'
import { text } from '#platform/text.ts'
import type { Basket } from './order.ts'
import { type OrderDeps, placeOrder } from './place-order.ts'
import { orderNotFound, restaurantNotFound } from './problems.ts'
import { historyV1, readHistory } from './read-history.ts'
import { cancelOrder, KITCHEN_STEPS, readOrder, stepOrder } from './step-order.ts'
import { findOrder } from './store.ts'

export const NestedBasketBody = z.strictObject({
  items: z
    .array(z.strictObject({ menuItemId: z.uuid().toLowerCase(), quantity: z.int().min(1).max(99) }))
    .min(1)
    .max(50),
  payment: z
    .strictObject({ method: z.string().min(1).max(40), token: z.string().min(1).max(200) })
    .optional(),
  note: text(500).optional(),
})
export const BasketBody = NestedBasketBody.extend({ restaurantId: z.uuid().toLowerCase() })

export const HistoryQuery = z.strictObject({
  at: z.iso
    .datetime({ offset: true })
    .transform((text) => new Date(text))
    .optional(),
})

export function orderRoutes(deps: OrderDeps): Router {
  const routes = Router()

  routes.post('/orders', async (req, res) => {
    signedIn(res, 'customer')
    const { payment, ...basket } = parse(BasketBody, req.body)
    await place(deps, res, basket, payment)
  })

  routes.post('/restaurants/:restaurantId/orders', async (req, res) => {
    signedIn(res, 'customer')
    const restaurantId = pathId(req.params.restaurantId, restaurantNotFound)
    const { payment, ...basket } = parse(NestedBasketBody, req.body)
    await place(deps, res, { ...basket, restaurantId }, payment)
  })

  routes.get('/orders/:id', async (req, res) => {
    const principal = signedIn(res)
    answer(res, await readOrder(deps, principal, pathId(req.params.id, orderNotFound)))
  })

  routes.get('/orders/:id/history', async (req, res) => {
    const principal = signedIn(res)
    const id = pathId(req.params.id, orderNotFound)
    const history = await readHistory(deps, principal, { id, ...parse(HistoryQuery, req.query) })
    res.json(historyV1(history))
  })

  routes.post('/orders/:id/cancel', async (req, res) => {
    const principal = signedIn(res)
    answer(res, await cancelOrder(deps, principal, pathId(req.params.id, orderNotFound)))
  })

  for (const step of Object.keys(KITCHEN_STEPS) as (keyof typeof KITCHEN_STEPS)[]) {
    routes.post(`/orders/:id/${step}`, async (req, res) => {
      const principal = signedIn(res, 'restaurant', 'admin')
      answer(res, await stepOrder(deps, principal, pathId(req.params.id, orderNotFound), step))
    })
  }

  return routes
}

/** For neighbours: the order as its state, in cents. */
export function internalRoutes(
  { pool }: Pick<OrderDeps, 'pool'>,
  neighboursOnly: RequestHandler,
): Router {
  const routes = Router()
  routes.get('/internal/orders/:id', neighboursOnly, async (req, res) => {
    const id = pathId(req.params.id, orderNotFound)
    const order = await findOrder(pool, id)
    if (!order) throw orderNotFound(id)
    res.json(order)
  })
  return routes
}

async function place(
  deps: OrderDeps,
  res: Response,
  basket: Basket,
  payment: { method: string; token: string } | undefined,
): Promise<void> {
  const customerId = signedIn(res).id
  const location = (order: OrderState) => `/api/v1/orders/${order.id}`
  const order = await placeOrder(deps, {
    ...{ id: newResourceId(res), customerId, basket, payment },
    answer: {
      of: (order) =>
        answerToKeep(res, { status: 201, location: location(order), body: orderV1(order) }),
      kept: () => answerIsKept(res),
    },
  })
  res.status(201).location(location(order))
  answer(res, order)
}

const answer = (res: Response, order: OrderState) => void res.json(orderV1(order))
