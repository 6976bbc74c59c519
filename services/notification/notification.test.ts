import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CANCEL_REASONS, type OrderState } from '#contracts/order.ts'
import { orderText } from './notification.ts'

const line = (name: string) => ({ menuItemId: name, name, quantity: 1, unitCents: 500 })
const order: OrderState = {
  id: 'o',
  customerId: 'c',
  restaurantId: 'r',
  ownerId: 'w',
  status: 'paid',
  lines: [{ ...line('Margherita'), quantity: 2 }],
  totalCents: 3100,
  currency: 'EUR',
  placedAt: '2025-06-01T12:00:00.000Z',
  version: 3,
}

test('a message names the dishes and the amount', () => {
  assert.equal(orderText('order.paid', order), 'Your order (2 × Margherita) was paid: 31.00 EUR.')
})

test('a long basket is cut short', () => {
  const lines = ['Soup', 'Bread', 'Fish', 'Cake', 'Tea'].map(line)
  assert.equal(
    orderText('order.ready', { ...order, lines }),
    'Your order (1 × Soup, 1 × Bread, 1 × Fish and 2 more) is ready.',
  )
})

test('every cancellation says why in words of its own', () => {
  const texts = CANCEL_REASONS.map((cancelReason) =>
    orderText('order.cancelled', { ...order, cancelReason }),
  )
  assert.equal(new Set(texts).size, CANCEL_REASONS.length)
  for (const text of texts) assert.match(text, /was cancelled: [a-z ]+\.$/)
})
