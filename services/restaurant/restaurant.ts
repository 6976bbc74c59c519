import { z } from 'zod'
import type { Menu, MenuItem } from '#contracts/menu.ts'
import { decimal } from '#platform/money.ts'

export type Restaurant = {
  id: string
  ownerId: string
  name: string
  cuisine?: string
  address?: string
  open: boolean
}

export type NewRestaurant = Pick<Restaurant, 'name' | 'cuisine' | 'address'>
export type RestaurantChange = Partial<NewRestaurant & Pick<Restaurant, 'open'>>
export type MenuItemChange = Partial<Pick<MenuItem, 'name' | 'priceCents' | 'description'>>

export const RestaurantV1 = z.object({
  id: z.uuid(),
  name: z.string(),
  cuisine: z.string().optional(),
  address: z.string().optional(),
  open: z.boolean(),
  ownerId: z.uuid(),
})
export const MenuItemV1 = z.object({
  id: z.uuid(),
  name: z.string(),
  price: z.number(),
  description: z.string().optional(),
})
export const MenuV1 = z.object({ restaurantId: z.uuid(), items: z.array(MenuItemV1) })

export const restaurantV1 = ({
  id,
  name,
  cuisine,
  address,
  open,
  ownerId,
}: Restaurant): z.infer<typeof RestaurantV1> => ({
  id,
  name,
  cuisine,
  address,
  open,
  ownerId,
})

export const menuItemV1 = ({
  id,
  name,
  priceCents,
  description,
}: MenuItem): z.infer<typeof MenuItemV1> => ({
  id,
  name,
  price: decimal(priceCents),
  description,
})

export const menuV1 = ({ restaurantId, items }: Menu): z.infer<typeof MenuV1> => ({
  restaurantId,
  items: items.map(menuItemV1),
})
