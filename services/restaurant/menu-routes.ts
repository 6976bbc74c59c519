import { type Request, type Response, Router } from 'express'
import { z } from 'zod'
import { pathId } from '#platform/http/path-id.ts'
import { newResourceId } from '#platform/idempotency.ts'
import { cents } from '#platform/money.ts'
import { parse } from '#platform/parse.ts'
import { text } from '#platform/text.ts'
import { addMenuItem, changeMenuItem, type MenuEdit, removeMenuItem } from './edit-menu.ts'
import { menuEdited } from './observe.ts'
import { menuItemNotFound } from './problems.ts'
import { menuItemV1 } from './restaurant.ts'
import { ownerOrAdmin, type RestaurantDeps, restaurantId } from './routes.ts'

export const NewItem = z.strictObject({
  name: text(100),
  price: cents,
  description: text(500).optional(),
  stock: z.int().min(0).max(1_000_000).optional(),
})
export const Change = NewItem.omit({ stock: true }).partial()

export function menuRoutes(deps: RestaurantDeps): Router {
  const { log } = deps
  const routes = Router()
  const editOf = (req: Request, res: Response): MenuEdit => {
    const principal = ownerOrAdmin(res)
    return { ...deps, principal, restaurantId: restaurantId(req) }
  }

  routes.post('/restaurants/:id/menu', async (req, res) => {
    const edit = editOf(req, res)
    const { price: priceCents, stock: initialStock, ...rest } = parse(NewItem, req.body)
    const id = newResourceId(res)
    const item = await addMenuItem(edit, { id, ...rest, priceCents, initialStock })
    menuEdited(log, 'added', { ...edit, itemId: id })
    res.status(201).location(`/api/v1/restaurants/${edit.restaurantId}/menu`).json(menuItemV1(item))
  })

  routes.put('/restaurants/:id/menu/:itemId', async (req, res) => {
    const edit = editOf(req, res)
    const { price: priceCents, ...rest } = parse(Change, req.body)
    const itemId = itemIdOf(req)
    const item = await changeMenuItem(edit, itemId, { ...rest, priceCents })
    menuEdited(log, 'changed', { ...edit, itemId })
    res.json(menuItemV1(item))
  })

  routes.delete('/restaurants/:id/menu/:itemId', async (req, res) => {
    const edit = editOf(req, res)
    const itemId = itemIdOf(req)
    await removeMenuItem(edit, itemId)
    menuEdited(log, 'removed', { ...edit, itemId })
    res.status(204).end()
  })

  return routes
}

const itemIdOf = (req: Request) => pathId(req.params.itemId, menuItemNotFound)
