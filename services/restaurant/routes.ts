import { type Request, type RequestHandler, type Response, Router } from 'express'
import type { Pool } from 'pg'
import { z } from 'zod'
import { signedIn } from '#platform/auth.ts'
import { cursorPage, cursorQuery } from '#platform/http/cursor.ts'
import { type Encoded, sendEncoded, sendWithEtag } from '#platform/http/etag.ts'
import { offsetOf, PageQuery, pageOf } from '#platform/http/page.ts'
import { pathId } from '#platform/http/path-id.ts'
import { newResourceId } from '#platform/idempotency.ts'
import type { Log } from '#platform/log.ts'
import { parse } from '#platform/parse.ts'
import { text } from '#platform/text.ts'
import { changeRestaurant } from './change-restaurant.ts'
import { restaurantOpened } from './observe.ts'
import { openRestaurant } from './open-restaurant.ts'
import { restaurantNotFound } from './problems.ts'
import { removeRestaurant } from './remove-restaurant.ts'
import { restaurantV1 } from './restaurant.ts'
import { listRestaurants, restaurantsAfter } from './store.ts'
import type { Views } from './views.ts'

export type RestaurantDeps = { pool: Pool; log: Log; views: Views }

export const Details = z.strictObject({
  name: text(100),
  cuisine: text(50).optional(),
  address: text(200).optional(),
})
export const Change = Details.extend({ name: text(100).optional(), open: z.boolean().optional() })
const Filter = { q: text(100).optional() }
export const Listing = PageQuery.extend(Filter)
export const ListingV2 = cursorQuery(text(100)).extend(Filter)

export function restaurantRoutes(deps: RestaurantDeps): Router {
  const { pool, log, views } = deps
  const routes = Router()

  routes.get('/restaurants', async (req, res) => {
    if (req.get('api-version') === 'v2') {
      const { limit, ...query } = parse(ListingV2, req.query)
      const rows = await restaurantsAfter(pool, { ...query, limit: limit + 1 })
      return sendWithEtag(
        req,
        res,
        cursorPage(rows, limit, ({ name }) => name, restaurantV1),
      )
    }
    const { q, ...query } = parse(Listing, req.query)
    const slice = await listRestaurants(pool, q, { limit: query.limit, offset: offsetOf(query) })
    sendWithEtag(req, res, pageOf(slice, query, restaurantV1))
  })

  routes.get('/restaurants/:id', async (req, res) => {
    const id = restaurantId(req)
    sendEncoded(req, res, found(id, await views.restaurant(id)))
  })

  routes.get('/restaurants/:id/menu', async (req, res) => {
    const id = restaurantId(req)
    sendEncoded(req, res, found(id, await views.menu(id)))
  })

  routes.post('/restaurants', async (req, res) => {
    const principal = ownerOrAdmin(res)
    const newId = () => newResourceId(res)
    const restaurant = await openRestaurant({ ...deps, newId }, principal, parse(Details, req.body))
    restaurantOpened(log, restaurant.id)
    const location = `/api/v1/restaurants/${restaurant.id}`
    res.status(201).location(location).json(restaurantV1(restaurant))
  })

  routes.put('/restaurants/:id', async (req, res) => {
    const principal = ownerOrAdmin(res)
    const change = parse(Change, req.body)
    res.json(restaurantV1(await changeRestaurant(deps, principal, restaurantId(req), change)))
  })

  routes.delete('/restaurants/:id', async (req, res) => {
    await removeRestaurant(deps, ownerOrAdmin(res), restaurantId(req))
    res.status(204).end()
  })

  return routes
}

/** The menu in cents, as order and inventory need it. */
export function internalRoutes(
  { views }: Pick<RestaurantDeps, 'views'>,
  neighboursOnly: RequestHandler,
): Router {
  const routes = Router()
  routes.get('/internal/menus/:id', neighboursOnly, async (req, res) => {
    const id = restaurantId(req)
    sendEncoded(req, res, found(id, await views.menuInCents(id)))
  })
  return routes
}

export function found(id: string, view: Encoded | undefined): Encoded {
  if (!view) throw restaurantNotFound(id)
  return view
}

export const ownerOrAdmin = (res: Response) => signedIn(res, 'restaurant', 'admin')

export const restaurantId = (req: Request) => pathId(req.params.id, restaurantNotFound)
