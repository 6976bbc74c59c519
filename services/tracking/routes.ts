import { type Request, Router } from 'express'
import type { Pool } from 'pg'
import { z } from 'zod'
import { ORDER_STATUSES } from '#contracts/order.ts'
import { orderV1 } from '#contracts/order-view.ts'
import { mayRead, type Principal, signedIn } from '#platform/auth.ts'
import { CursorQuery, cursorPage } from '#platform/http/cursor.ts'
import { offsetOf, PageQuery, pageOf } from '#platform/http/page.ts'
import { pathId } from '#platform/http/path-id.ts'
import { parse } from '#platform/parse.ts'
import { customerNotFound, restaurantNotFound } from './problems.ts'
import { listOrders, ordersAfter, ownerOf, type Scope } from './store.ts'

const Filter = { status: z.enum(ORDER_STATUSES).optional() }
export const Listing = PageQuery.extend(Filter)
const ListingV2 = CursorQuery.extend(Filter)

export function trackingRoutes({ pool }: { pool: Pool }): Router {
  const routes = Router()
  const pageFor = async (req: Request, scope: Scope) => {
    if (req.get('api-version') === 'v2') {
      const { limit, ...query } = parse(ListingV2, req.query)
      const found = await ordersAfter(pool, scope, { ...query, limit: limit + 1 })
      return cursorPage(found, limit, orderV1)
    }
    const { status, ...query } = parse(Listing, req.query)
    const listing = { status, limit: query.limit, offset: offsetOf(query) }
    return pageOf(await listOrders(pool, scope, listing), query, orderV1)
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
