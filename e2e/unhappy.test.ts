import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eventually } from '#platform/testing.ts'
import { chargesSince, ledger } from './ledger.ts'
import { basket, becomes, openShop, someone, stockOf } from './people.ts'

test('a declined card cancels the order and puts its stock back', async () => {
  const shop = await openShop({ stock: 3 })
  const customer = await someone('customer')
  const { body } = await customer.call('POST', '/orders', basket(shop, { token: 'tok_declined' }))
  const order = await becomes(customer, body.id, 'cancelled')
  assert.equal(order.cancelReason, 'payment-declined')
  await eventually(async () => (await stockOf(shop)).available === 3)
})

test('a card declined by hand answers 402 and cancels the order', async () => {
  const shop = await openShop()
  const customer = await someone('customer')
  const { body: order } = await customer.call('POST', '/orders', basket(shop))
  const payment = { orderId: order.id, amount: order.totalAmount, method: 'card' }
  const declined = await customer.call('POST', '/payments', { ...payment, token: 'tok_declined' })
  assert.equal(declined.status, 402)
  assert.equal(declined.body.code, 'payment-declined')
  assert.equal((await becomes(customer, order.id, 'cancelled')).cancelReason, 'payment-declined')
})

test('an empty shelf cancels the order, and one unit is sold only once', async () => {
  const shop = await openShop({ stock: 1 })
  const customer = await someone('customer')
  const placed = await Promise.all(
    Array.from({ length: 5 }, () =>
      customer.call('POST', '/orders', basket(shop, { token: 'tok_ok' })),
    ),
  )
  const ended = await Promise.all(
    placed.map(({ body }) =>
      eventually(async () => {
        const order = (await customer.call('GET', `/orders/${body.id}`)).body
        return ['paid', 'cancelled'].includes(order.status) && order
      }),
    ),
  )
  assert.equal(ended.filter(({ status }) => status === 'paid').length, 1)
  const reasons = ended.flatMap(({ cancelReason }) => cancelReason ?? [])
  assert.deepEqual(reasons, Array(4).fill('out-of-stock'))
})

test('a card network that charges and then falls silent is asked, not charged again', async () => {
  const shop = await openShop()
  const customer = await someone('customer')
  const { body } = await customer.call('POST', '/orders', basket(shop, { token: 'tok_timeout' }))
  await becomes(customer, body.id, 'paid', 40_000)
})

test('a card network that fails twice is asked a third time', async () => {
  const shop = await openShop()
  const customer = await someone('customer')
  const { body } = await customer.call('POST', '/orders', basket(shop, { token: 'tok_flaky' }))
  await becomes(customer, body.id, 'paid', 40_000)
})

test('a paid order that its customer cancels is refunded', async () => {
  const shop = await openShop({ stock: 2 })
  const customer = await someone('customer')
  const { body } = await customer.call('POST', '/orders', basket(shop, { token: 'tok_ok' }))
  await becomes(customer, body.id, 'paid')
  const cancelled = await customer.call('POST', `/orders/${body.id}/cancel`)
  assert.equal(cancelled.body.status, 'cancelled')
  await eventually(async () => (await customer.call('GET', `/orders/${body.id}`)).body.refunded)
  await eventually(async () => (await stockOf(shop)).available === 2)
})

test('an item that is not on the menu, and a closed restaurant, are refused at once', async () => {
  const shop = await openShop()
  const customer = await someone('customer')
  const items = [{ menuItemId: crypto.randomUUID(), quantity: 1 }]
  const unknown = await customer.call('POST', '/orders', { restaurantId: shop.restaurantId, items })
  assert.deepEqual([unknown.status, unknown.body.code], [422, 'item-not-on-menu'])
  await shop.owner.call('PUT', `/restaurants/${shop.restaurantId}`, { open: false })
  const closed = await customer.call('POST', '/orders', basket(shop))
  assert.deepEqual([closed.status, closed.body.code], [422, 'restaurant-closed'])
})

test('the wrong amount, a second payment and a cancelled order cannot be paid', async () => {
  const shop = await openShop({ price: 12.5 })
  const customer = await someone('customer')
  const { body: order } = await customer.call('POST', '/orders', basket(shop))
  const pay = (amount: number) =>
    customer.call('POST', '/payments', { orderId: order.id, amount, method: 'card' })
  assert.equal((await pay(12.49)).body.code, 'amount-mismatch')
  assert.equal((await pay(12.5)).status, 201)
  assert.equal((await pay(12.5)).status, 409)
  const { body: other } = await customer.call('POST', '/orders', basket(shop))
  await customer.call('POST', `/orders/${other.id}/cancel`)
  const late = await customer.call('POST', '/payments', {
    orderId: other.id,
    amount: 12.5,
    method: 'card',
  })
  assert.equal(late.status, 409)
})

test('sixteen copies of one POST under one Idempotency-Key make one order and one charge', async () => {
  const before = await ledger()
  const shop = await openShop({ stock: 50 })
  const customer = await someone('customer')
  const key = { 'idempotency-key': crypto.randomUUID() }
  const body = basket(shop, { token: 'tok_ok' })
  const copies = await Promise.all(
    Array.from({ length: 16 }, () => customer.call('POST', '/orders', body, key)),
  )
  const made = copies.filter(({ status }) => status === 201)
  assert.ok(made.length >= 1)
  assert.equal(new Set(made.map(({ text }) => text)).size, 1)
  assert.ok(copies.every(({ status }) => status === 201 || status === 409))
  const repeats = await Promise.all(copies.map(() => customer.call('POST', '/orders', body, key)))
  for (const { status, text, headers } of repeats) {
    assert.deepEqual([status, text], [201, made[0]!.text])
    assert.equal(headers.get('idempotency-replayed'), 'true')
  }
  await becomes(customer, made[0]!.body.id, 'paid')
  await eventually(async () => (await stockOf(shop)).available === 49)
  assert.deepEqual(await chargesSince(before), { charges: 1, capturedCents: 1_599 })
})
