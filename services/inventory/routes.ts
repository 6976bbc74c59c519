import { Router } from 'express'
import type { Pool } from 'pg'
import { z } from 'zod'
import type { Menu } from '#contracts/menu.ts'
import { mayRead, type Principal, signedIn } from '#platform/auth.ts'
import { pathId } from '#platform/http/path-id.ts'
import { parse } from '#platform/parse.ts'
import { itemNotFound, restaurantNotFound } from './problems.ts'
import { listStock, ownerOf, saveMenu, setAvailable } from './store.ts'

export type StockDeps = { pool: Pool; fetchMenu: (restaurantId: string) => Promise<Menu> }

// null: made to order, never runs out.
export const StockBody = z.strictObject({ available: z.int().min(0).max(1_000_000).nullable() })

export function stockRoutes(deps: StockDeps): Router {
  const routes = Router()

  routes.get('/restaurants/:restaurantId/stock', async (req, res) => {
    const restaurantId = await owned(deps, signedIn(res, 'restaurant', 'admin'), req.params)
    res.json({ items: await listStock(deps.pool, restaurantId) })
  })

  routes.put('/restaurants/:restaurantId/stock/:itemId', async (req, res) => {
    const restaurantId = await owned(deps, signedIn(res, 'restaurant', 'admin'), req.params)
    const menuItemId = pathId(req.params.itemId, itemNotFound)
    const { available } = parse(StockBody, req.body)
    const stock = await setAvailable(deps.pool, restaurantId, { menuItemId, available })
    if (!stock) throw itemNotFound(menuItemId)
    res.json(stock)
  })

  return routes
}

/** The restaurant's id, for its owner and admins; everybody else gets a 404. */
async function owned(
  { pool, fetchMenu }: StockDeps,
  principal: Principal,
  params: { restaurantId: string },
): Promise<string> {
  const restaurantId = pathId(params.restaurantId, restaurantNotFound)
  // The menu may be newer than the last event heard: its owner expects to see what they just wrote.
  const menu = await fetchMenu(restaurantId).catch(() => undefined)
  if (menu) await saveMenu(pool, menu)
  const ownerId = menu?.ownerId ?? (await ownerOf(pool, restaurantId))
  if (!ownerId || !mayRead(principal, ownerId)) throw restaurantNotFound(restaurantId)
  return restaurantId
}
