import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readEvents } from '#platform/testing.ts'
import { basket, becomes, GATEWAY, openShop, someone } from './people.ts'

test('an order can be watched from its first moment on, and again from where one left off', async () => {
  const shop = await openShop()
  const customer = await someone('customer')
  const { body: order } = await customer.call('POST', '/orders', basket(shop, { token: 'tok_ok' }))
  const url = `${GATEWAY}/api/v1/orders/${order.id}/events`
  const watch = (who: typeof customer, more: Record<string, string> = {}, until = 'accepted') =>
    readEvents(url, { ...who.headers, ...more }, (events) =>
      events.some(({ event }) => event === until),
    )

  const watching = watch(customer)
  await becomes(customer, order.id, 'paid')
  await shop.owner.call('POST', `/orders/${order.id}/accept`)
  const { events } = await watching
  const steps = ['placed', 'reserved', 'paid', 'accepted']
  const seen = events.flatMap(({ event }) => event ?? [])
  // What had happened before we came is in the first event.
  assert.deepEqual(seen, steps.slice(-seen.length))
  assert.equal(events.at(-1)!.data.id, order.id)

  const again = await watch(shop.owner, { 'last-event-id': '1' })
  assert.deepEqual(
    again.events.flatMap(({ id, event }) => (id ? [`${id} ${event}`] : [])),
    ['2 reserved', '3 paid', '4 accepted'],
  )
  assert.equal((await watch(await someone('customer'))).status, 404)
})
