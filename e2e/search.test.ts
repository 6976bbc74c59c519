import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eventually } from '#platform/testing.ts'
import { basket, becomes, openShop, someone } from './people.ts'

test('an order is found by its dish and its restaurant, and says who ordered where', async () => {
  const shop = await openShop()
  const customer = await someone('customer')
  const { id } = (await customer.call('POST', '/orders', basket(shop))).body
  await becomes(customer, id, 'reserved')
  const { name } = (await customer.call('GET', `/customers/${customer.id}`)).body
  const found = async (q: string) =>
    (await shop.owner.call('GET', `/orders?q=${encodeURIComponent(q)}`)).body.items

  const [order] = await eventually(async () => {
    const items = await found('piz restau')
    return items[0]?.customerName && items
  })
  assert.deepEqual(
    [order.id, order.restaurantName, order.customerName],
    [id, 'Test Restaurant', name],
  )
  assert.deepEqual(await found('sushi'), [])
})
