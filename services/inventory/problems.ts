import { Problem } from '#platform/problem.ts'

export const restaurantNotFound = (id: string) =>
  new Problem(404, 'restaurant-not-found', `no restaurant ${id}`)

export const itemNotFound = (id: string) =>
  new Problem(404, 'item-not-found', `no item ${id} on this menu`)
