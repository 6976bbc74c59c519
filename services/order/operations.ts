import { z } from 'zod'
import { OrderV1 } from '#contracts/order-view.ts'
import type { Operation, Operations } from '#platform/http/openapi.ts'
import { HistoryV1 } from './read-history.ts'
import { BasketBody, HistoryQuery, NestedBasketBody } from './routes.ts'

/** What the gateway makes of it. */
const OrderWithParts = z.object({
  order: OrderV1,
  customer: z.looseObject({ id: z.uuid() }).nullable().optional(),
  restaurant: z.looseObject({ id: z.uuid() }).nullable().optional(),
  warnings: z.array(z.string()).optional(),
})

const placing = {
  who: ['customer'],
  answers: { 201: OrderV1 },
  idempotent: true,
  problems: {
    404: ['restaurant-not-found'],
    422: ['item-not-on-menu', 'restaurant-closed'],
  },
} as const

const reading = {
  who: 'signed-in',
  answers: { 200: OrderV1 },
  problems: { 404: ['order-not-found'] },
} as const

const step = (summary: string, who: Operation['who']): Operation => ({
  ...{ summary, who, answers: { 200: OrderV1 }, idempotent: true },
  problems: { 404: ['order-not-found'], 409: ['illegal-step'] },
})

export const orderOperations: Operations = {
  'post /orders': { ...placing, summary: 'Place an order', body: BasketBody },
  'post /restaurants/:restaurantId/orders': {
    ...placing,
    summary: 'Place an order at this restaurant',
    body: NestedBasketBody,
  },
  'get /orders/:id': {
    ...reading,
    query: z.object({ include: z.string().optional() }),
    answers: { 200: z.union([OrderV1, OrderWithParts]) },
    summary: 'An order, as the write side knows it; `include=customer,restaurant` adds to it',
  },
  'get /orders/:id/history': {
    summary: 'What happened to an order, and its state as of `at`',
    who: 'signed-in',
    query: HistoryQuery,
    answers: { 200: HistoryV1 },
    problems: { 404: ['order-not-found'] },
  },
  'post /orders/:id/cancel': step('Cancel an order, or turn it down', 'signed-in'),
  'post /orders/:id/accept': step('The kitchen takes a paid order', ['restaurant', 'admin']),
  'post /orders/:id/ready': step('The dishes are ready', ['restaurant', 'admin']),
  'post /orders/:id/deliver': step('The order has been delivered', ['restaurant', 'admin']),
}
