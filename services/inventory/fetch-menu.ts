import { Menu } from '#contracts/menu.ts'
import type { Neighbour } from '#platform/call.ts'
import { parse } from '#platform/parse.ts'
import { restaurantNotFound } from './problems.ts'

export const menuReader =
  (restaurant: Neighbour) =>
  async (restaurantId: string): Promise<Menu> => {
    const { status, body } = await restaurant.call({ path: `/internal/menus/${restaurantId}` })
    if (status === 404) throw restaurantNotFound(restaurantId)
    return parse(Menu, body)
  }
