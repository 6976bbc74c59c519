import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eventually, request } from '#platform/testing.ts'
import { basket, becomes, GATEWAY, openShop, someone } from './people.ts'

type Row = { id: string; placedAt: string }

test('in version 2 money says its currency, and lists go on from a cursor', async () => {
  const shop = await openShop({ price: 15.99 })
  const customer = await someone('customer')
  const ask = (path: string, body?: object, headers = {}) =>
    request(`${GATEWAY}${path}`, { body, headers: { ...customer.headers, ...headers } })

  const menu = await ask(`/api/v2/restaurants/${shop.restaurantId}/menu`)
  assert.deepEqual(menu.body.items[0].price, { amountCents: 1599, currency: 'EUR' })

  const ids: string[] = []
  for (let placed = 0; placed < 3; placed++) {
    const { status, body } = await ask('/api/v2/orders', basket(shop, { quantity: 2 }))
    assert.equal(status, 201)
    assert.deepEqual(body.totalAmount, { amountCents: 3198, currency: 'EUR' })
    ids.unshift(body.id)
  }
  for (const id of ids) await becomes(customer, id, 'reserved')
  await eventually(async () => {
    const { body } = await ask('/api/v2/orders?limit=100')
    return body.items.length === 3
  })

  const first = await ask('/api/v2/orders?limit=2')
  assert.deepEqual(
    first.body.items.map(({ id }: Row) => id),
    ids.slice(0, 2),
  )
  const rest = await ask(`/api/v2/orders?limit=2&cursor=${first.body.nextCursor}`)
  assert.deepEqual(
    rest.body.items.map(({ id }: Row) => id),
    ids.slice(2),
  )
  assert.equal(rest.body.nextCursor, null)
})

test('the header asks for version 2 where the path names none', async () => {
  const shop = await openShop({ price: 3.5 })
  const path = `${GATEWAY}/api/restaurants/${shop.restaurantId}/menu`
  const old = await request(path)
  const recent = await request(path, { headers: { 'api-version': 'v2' } })
  assert.equal(old.body.items[0].price, 3.5)
  assert.deepEqual(recent.body.items[0].price, { amountCents: 350, currency: 'EUR' })
})
