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

export const restaurantV1 = ({ id, name, cuisine, address, open, ownerId }: Restaurant) => ({
  id,
  name,
  cuisine,
  address,
  open,
  ownerId,
})

export const menuItemV1 = ({ id, name, priceCents, description }: MenuItem) => ({
  id,
  name,
  price: decimal(priceCents),
  description,
})

export const menuV1 = ({ restaurantId, items }: Menu) => ({
  restaurantId,
  items: items.map(menuItemV1),
})
