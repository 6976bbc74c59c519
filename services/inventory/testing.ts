import { randomUUID } from 'node:crypto'
import type { TestContext } from 'node:test'
import type { Menu } from '#contracts/menu.ts'
import { testDatabase } from '#platform/testing.ts'
import { hearing, said } from '#platform/testing-hearing.ts'
import { callTo, testNeighbour } from '#platform/testing-neighbour.ts'
import { inventoryConsumers } from './consumers.ts'
import { menuReader } from './fetch-menu.ts'
import { inventory } from './service.ts'

/** The service on a database of its own, beside a restaurant service that knows the menus it is told. */
export async function start(t: TestContext) {
  const { pool } = await testDatabase(t, import.meta.dirname)
  const rules = callTo(inventory.calls, 'restaurant')
  const restaurant = await testNeighbour<Menu>(t, { ...rules, retries: 0 }, '/internal/menus')
  const fetchMenu = menuReader(restaurant.client)
  const hear = hearing(pool, inventoryConsumers({ fetchMenu }))
  return {
    pool,
    fetchMenu,
    restaurant,
    said: () => said(pool),
    hearMenu: (menu: Menu) => hear('inventory.menus', 'menu.changed', menu),
    reserve: (order: Basket, id?: string) =>
      hear('inventory.commands', 'stock.reserve', order, { id }),
    commit: (orderId: string, id?: string) =>
      hear('inventory.commands', 'stock.commit', { orderId }, { id }),
    release: (orderId: string, id?: string) =>
      hear('inventory.commands', 'stock.release', { orderId }, { id }),
    /** `available/reserved` of each item, in the order of the menu. */
    shelf: async (menu: Menu) => {
      const { rows } = await pool.query('select menu_item_id, available, reserved from stock')
      const byId = new Map(rows.map((row) => [row.menu_item_id, row]))
      return menu.items.map(({ id }) => {
        const row = byId.get(id)
        return row && `${row.available}/${row.reserved}`
      })
    },
  }
}

type Basket = {
  orderId: string
  restaurantId: string
  lines: { menuItemId: string; quantity: number }[]
}

/** A menu with one item for each number: how many there are of it at first, null for made to order. */
export const aMenu = (...stocks: (number | null)[]): Menu => ({
  restaurantId: randomUUID(),
  ownerId: randomUUID(),
  name: 'Roma',
  open: true,
  version: 1,
  items: stocks.map((initialStock, i) => ({
    id: randomUUID(),
    name: `Dish ${i + 1}`,
    priceCents: 1_000,
    ...(initialStock !== null && { initialStock }),
  })),
})

/** A basket with so many of each item of the menu; items with 0 are left out. */
export const aBasket = ({ restaurantId, items }: Menu, ...quantities: number[]): Basket => ({
  orderId: randomUUID(),
  restaurantId,
  lines: quantities.flatMap((quantity, i) =>
    quantity === 0 ? [] : [{ menuItemId: items[i]!.id, quantity }],
  ),
})
