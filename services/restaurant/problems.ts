import { Problem } from '#platform/problem.ts'

export const restaurantNotFound = (id: string) =>
  new Problem(404, 'restaurant-not-found', `no restaurant ${id}`)

export const menuItemNotFound = (id: string) =>
  new Problem(404, 'menu-item-not-found', `no menu item ${id}`)
