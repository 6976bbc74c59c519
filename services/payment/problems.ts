import type { OrderStatus } from '#contracts/order.ts'
import { decimal } from '#platform/money.ts'
import { Problem } from '#platform/problem.ts'

export const orderNotFound = (id: string) => new Problem(404, 'order-not-found', `no order ${id}`)

export const paymentNotFound = (id: string) =>
  new Problem(404, 'payment-not-found', `no payment ${id}`)

export const amountMismatch = (totalCents: number) =>
  new Problem(422, 'amount-mismatch', `this order costs ${decimal(totalCents).toFixed(2)}`)

export const notPayable = (status: OrderStatus) =>
  new Problem(409, 'order-not-payable', `an order that is ${status} cannot be paid`)

export const alreadyPaying = () =>
  new Problem(409, 'payment-exists', 'this order has a payment already')

export const notRefundable = (what: string) =>
  new Problem(409, 'not-refundable', `${what} cannot be refunded`)

export const refundTooLarge = (leftCents: number) =>
  new Problem(422, 'refund-too-large', `no more than ${decimal(leftCents).toFixed(2)} can go back`)

export const paymentDeclined = () => new Problem(402, 'payment-declined', 'the card was declined')
