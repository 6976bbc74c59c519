import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eventually } from '#platform/testing.ts'
import { basket, becomes, openShop, someAdmin, someone } from './people.ts'

test('an admin returns part of a payment, the order and the customer hear of it, cancelling returns the rest', async () => {
  const shop = await openShop({ price: 20 })
  const customer = await someone('customer')
  const { body: order } = await customer.call('POST', '/orders', basket(shop))
  const payment = { orderId: order.id, amount: 20, method: 'card' }
  const { body: paid } = await customer.call('POST', '/payments', payment)
  await becomes(customer, order.id, 'paid')
  const admin = await someAdmin()
  const path = `/payments/${paid.id}/refunds`
  assert.equal((await customer.call('POST', path, { amount: 5, reason: 'cold' })).status, 403)
  const { status, body } = await admin.call('POST', path, { amount: 5, reason: 'cold' })
  assert.deepEqual([status, body.status, body.amount], [201, 'done', 5])
  const over = await admin.call('POST', path, { amount: 15.01, reason: 'cold' })
  assert.deepEqual([over.status, over.body.code], [422, 'refund-too-large'])
  const refunded = (amount: number) =>
    eventually(async () => {
      const { body } = await customer.call('GET', `/orders/${order.id}`)
      return body.refundedAmount === amount && body
    })
  assert.equal((await refunded(5)).refunded, undefined)
  await customer.call('POST', `/orders/${order.id}/cancel`)
  assert.equal((await refunded(20)).refunded, true)
  const after = await admin.call('GET', `/payments/${paid.id}`)
  assert.deepEqual([after.body.status, after.body.refundedAmount], ['refunded', 20])
  const late = await admin.call('POST', path, { amount: 1, reason: 'cold' })
  assert.deepEqual([late.status, late.body.code], [409, 'not-refundable'])
})

test('of two payments for one order at the same moment one is taken', async () => {
  const shop = await openShop({ price: 20 })
  const customer = await someone('customer')
  const { body: order } = await customer.call('POST', '/orders', basket(shop))
  const payment = { orderId: order.id, amount: 20, method: 'card' }
  const answers = await Promise.all(
    Array.from({ length: 4 }, () => customer.call('POST', '/payments', payment)),
  )
  assert.deepEqual(answers.map(({ status }) => status).sort(), [201, 409, 409, 409])
  const taken = answers.find(({ status }) => status === 201)!
  const { body } = await customer.call('GET', `/payments/${taken.body.id}`)
  assert.equal(body.status, 'captured')
  await becomes(customer, order.id, 'paid')
})
