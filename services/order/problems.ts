import type { OrderStatus } from '#contracts/order.ts'
import { Problem } from '#platform/problem.ts'

export const orderNotFound = (id: string) => new Problem(404, 'order-not-found', `no order ${id}`)

export const restaurantNotFound = (id: string) =>
  new Problem(404, 'restaurant-not-found', `no restaurant ${id}`)

export const restaurantClosed = (name: string) =>
  new Problem(422, 'restaurant-closed', `${name} takes no orders now`)

export const itemNotOnMenu = (menuItemId: string) =>
  new Problem(422, 'item-not-on-menu', `item ${menuItemId} is not on the menu`)

export const sagaEnded = (state: 'completed' | 'cancelled') =>
  new Problem(409, 'saga-ended', `the saga is ${state}: there is nothing left to do`)

export const illegalStep = (from: OrderStatus, to: OrderStatus) =>
  new Problem(409, 'illegal-step', `an order cannot go from ${from} to ${to}`)
