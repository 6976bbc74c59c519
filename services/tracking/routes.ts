import { type Request, Router } from 'express'
import type { Pool } from 'pg'
import { z } from 'zod'
import { ORDER_STATUSES } from '#contracts/order.ts'
import { OrderV1, orderV1 } from '#contracts/order-view.ts'
import { mayRead, type Principal, signedIn } from '#platform/auth.ts'
import { cursorPage, cursorQuery } from '#platform/http/cursor.ts'
import { offsetOf, PageQuery, pageOf } from '#platform/http/page.ts'
import { pathId } from '#platform/http/path-id.ts'
import { parse } from '#platform/parse.ts'
import { text } from '#platform/text.ts'
import { type Listed, listOrders, ordersAfter, type Scope } from './list-store.ts'
import { customerNotFound, restaurantNotFound } from './problems.ts'
import { ownerOf } from './store.ts'

/** What is searched for, as its words. */
const Words = text(100).transform((q, context) => {
  const words = q.match(/[\p{L}\p{N}]+/gu)
  if (words) return words
  context.addIssue({ code: 'custom', message: 'holds no word' })
  return z.NEVER
})
const Filter = { status: z.enum(ORDER_STATUSES).optional(), q: Words.optional() }
export const Listing = PageQuery.extend(Filter)
export const ListingV2 = cursorQuery(z.iso.datetime()).extend(Filter)

/** An order in a list; without the name of a customer who has left. */
export const ListedV1 = OrderV1.extend({ customerName: z.string().optional() })

const listedV1 = ({ customerName, ...order }: Listed): z.infer<typeof ListedV1> => ({
  ...orderV1(order),
  customerName,
})

export function trackingRoutes({ pool }: { pool: Pool }): Router {
  const routes = Router()
  const pageFor = async (req: Request, scope: Scope) => {
    if (req.get('api-version') === 'v2') {
      const { limit, q: words, ...query } = parse(ListingV2, req.query)
      const found = await ordersAfter(pool, scope, { ...query, words, limit: limit + 1 })
      return cursorPage(found, limit, ({ placedAt }) => placedAt, listedV1)
    }
    const { status, q: words, ...query } = parse(Listing, req.query)
    const listing = { status, words, limit: query.limit, offset: offsetOf(query) }
    return pageOf(await listOrders(pool, scope, listing), query, listedV1)
  }

  routes.get('/orders', async (req, res) => {
    res.json(await pageFor(req, scopeOf(signedIn(res))))
  })

  routes.get('/customers/:customerId/orders', async (req, res) => {
    const principal = signedIn(res)
    const customerId = pathId(req.params.customerId, customerNotFound)
    if (!mayRead(principal, customerId)) throw customerNotFound(customerId)
    res.json(await pageFor(req, { customerId }))
  })

  routes.get('/restaurants/:restaurantId/orders', async (req, res) => {
    const principal = signedIn(res)
    const restaurantId = pathId(req.params.restaurantId, restaurantNotFound)
    const owners = [await ownerOf(pool, restaurantId)].filter((id) => id !== undefined)
    if (!mayRead(principal, ...owners)) throw restaurantNotFound(restaurantId)
    res.json(await pageFor(req, { restaurantId }))
  })

  return routes
}

const SCOPES: Record<Principal['role'], (id: string) => Scope> = {
  customer: (customerId) => ({ customerId }),
  restaurant: (ownerId) => ({ ownerId }),
  admin: () => 'everybody',
}

const scopeOf = ({ id, role }: Principal): Scope => SCOPES[role](id)
