import { Problem } from '#platform/problem.ts'

export const customerNotFound = (id: string) =>
  new Problem(404, 'customer-not-found', `no customer ${id}`)

export const orderNotFound = (id: string) => new Problem(404, 'order-not-found', `no order ${id}`)

export const restaurantNotFound = (id: string) =>
  new Problem(404, 'restaurant-not-found', `no restaurant ${id}`)
