import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eventually } from '#platform/testing.ts'
import { basket, becomes, openShop, someone, stockOf } from './people.ts'

test('customer should be able to place and pay for order', async () => {
  // 1. Create restaurant with a menu
  const shop = await openShop({ price: 15.99 })
  // 2. Create customer
  const customer = await someone('customer')
  // 3. Place order
  const placed = await customer.call('POST', '/orders', basket(shop))
  assert.equal(placed.status, 201, placed.text)
  assert.equal(placed.body.totalAmount, 15.99)
  // 4. Process payment
  const payment = await customer.call('POST', '/payments', {
    orderId: placed.body.id,
    amount: placed.body.totalAmount,
    method: 'credit_card',
  })
  assert.equal(payment.status, 201, payment.text)
  assert.equal(payment.body.status, 'captured')
  // 5. Verify order status
  const paid = await becomes(customer, placed.body.id, 'paid')
  assert.equal(paid.status, 'paid')
  // 6. Verify restaurant received notification
  const listed = await eventually(async () => {
    const { body } = await shop.owner.call('GET', `/restaurants/${shop.restaurantId}/orders`)
    return body.items.find(
      ({ id, status }: { id: string; status: string }) =>
        id === placed.body.id && status === 'paid',
    )
  })
  assert.equal(listed.totalAmount, 15.99)
})

test('an order with its payment is paid, cooked and delivered, and its stock is sold', async () => {
  const shop = await openShop({ price: 10, stock: 5 })
  const customer = await someone('customer')
  const { body: order } = await customer.call(
    'POST',
    '/orders',
    basket(shop, { quantity: 2, token: 'tok_ok' }),
  )
  await becomes(customer, order.id, 'paid')
  await eventually(async () => {
    const { available, reserved } = await stockOf(shop)
    return available === 3 && reserved === 0
  })
  for (const step of ['accept', 'ready', 'deliver']) {
    const { status, text } = await shop.owner.call('POST', `/orders/${order.id}/${step}`)
    assert.equal(status, 200, text)
  }
  const late = await customer.call('POST', `/orders/${order.id}/cancel`)
  assert.equal(late.status, 409)
  assert.equal(late.body.code, 'illegal-step')

  const kinds = await eventually(async () => {
    const { body } = await customer.call('GET', `/customers/${customer.id}/notifications?limit=100`)
    const mine = body.items.filter(({ orderId }: { orderId?: string }) => orderId === order.id)
    return mine.length >= 6 && mine.map(({ kind }: { kind: string }) => kind).sort()
  })
  assert.deepEqual(kinds, [
    'order.accepted',
    'order.delivered',
    'order.paid',
    'order.placed',
    'order.ready',
    'order.reserved',
  ])
})
