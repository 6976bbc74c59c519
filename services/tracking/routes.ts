import { type Request, type Response, Router } from 'express'
import type { Pool } from 'pg'
import { mayRead, type Principal, signedIn } from '#platform/auth.ts'
import { sendEncoded } from '#platform/http/etag.ts'
import { pathId } from '#platform/http/path-id.ts'
import { parse } from '#platform/parse.ts'
import type { Scope } from './list-store.ts'
import { Listing, ListingV2, type Lists } from './lists.ts'
import { customerNotFound, restaurantNotFound } from './problems.ts'
import { ownerOf } from './store.ts'

/** Who may read what is asked each time; only what they read comes from the cache. */
export function trackingRoutes({ pool, lists }: { pool: Pool; lists: Lists }): Router {
  const routes = Router()
  const send = async (req: Request, res: Response, scope: Scope) => {
    const page =
      req.get('api-version') === 'v2'
        ? lists.pageAfter(scope, parse(ListingV2, req.query))
        : lists.page(scope, parse(Listing, req.query))
    sendEncoded(req, res, await page)
  }

  routes.get('/orders', (req, res) => send(req, res, scopeOf(signedIn(res))))

  routes.get('/customers/:customerId/orders', async (req, res) => {
    const principal = signedIn(res)
    const customerId = pathId(req.params.customerId, customerNotFound)
    if (!mayRead(principal, customerId)) throw customerNotFound(customerId)
    await send(req, res, { customerId })
  })

  routes.get('/restaurants/:restaurantId/orders', async (req, res) => {
    const principal = signedIn(res)
    const restaurantId = pathId(req.params.restaurantId, restaurantNotFound)
    const owners = [await ownerOf(pool, restaurantId)].filter((id) => id !== undefined)
    if (!mayRead(principal, ...owners)) throw restaurantNotFound(restaurantId)
    await send(req, res, { restaurantId })
  })

  return routes
}

const SCOPES: Record<Principal['role'], (id: string) => Scope> = {
  customer: (customerId) => ({ customerId }),
  restaurant: (ownerId) => ({ ownerId }),
  admin: () => 'everybody',
}

const scopeOf = ({ id, role }: Principal): Scope => SCOPES[role](id)
