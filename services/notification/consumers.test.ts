import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { type TestContext, test } from 'node:test'
import { messages } from '#contracts/messages.ts'
import { said } from '#platform/testing-hearing.ts'
import { testRedis } from '#platform/testing-redis.ts'
import type { OrderEvent } from './notification.ts'
import { order, start as startService } from './testing.ts'

/** No inbox: the notification's own id alone must keep it single. */
const start = async (t: TestContext) => startService(t, { redis: await testRedis(t), inbox: false })

test('every step of an order is told once to its customer, newest first', async (t) => {
  const { hearOrder, list } = await start(t)
  const steps = Object.keys(messages).filter((name) => name.startsWith('order.')) as OrderEvent[]

  for (const step of steps) await hearOrder(step)

  const { status, body } = await list(order.customerId, 'customer')
  assert.equal(status, 200)
  assert.deepEqual(
    body.items.map(({ kind }: { kind: string }) => kind),
    steps.toReversed(),
  )
  assert.equal(new Set(body.items.map(({ text }: { text: string }) => text)).size, steps.length)
  assert.deepEqual(body.items.at(-1), {
    id: body.items.at(-1).id,
    orderId: order.id,
    kind: 'order.placed',
    text: 'We have received your order (2 × Margherita). Total: 31.98 EUR.',
    sentAt: '2025-06-01T12:00:00.000Z',
    status: 'sent',
  })
  assert.deepEqual([body.page, body.limit, body.total], [1, 20, steps.length])
})

test('a message that is delivered twice, and at the same time, notifies once', async (t) => {
  const { pool, hearOrder, list } = await start(t)
  const id = randomUUID()

  await Promise.all(Array.from({ length: 5 }, () => hearOrder('order.paid', id)))
  await hearOrder('order.paid', id)

  assert.equal((await list(order.customerId, 'customer')).body.total, 1)
  assert.deepEqual(await said(pool), [])
})

test('a new customer is welcomed', async (t) => {
  const { hearCustomer, list } = await start(t)

  await hearCustomer(order.customerId)

  const { body } = await list(order.customerId, 'customer')
  assert.equal(body.items[0].kind, 'customer.registered')
  assert.match(body.items[0].text, /^Welcome/)
  assert.equal('orderId' in body.items[0], false)
})

test('notifications are read by their customer and by admins, in pages', async (t) => {
  const { hearOrder, hearCustomer, list } = await start(t)
  await hearOrder('order.placed')
  await hearOrder('order.paid')
  await hearCustomer(randomUUID())

  const second = await list(randomUUID(), 'admin', '?limit=1&page=2')
  assert.equal(second.body.total, 2)
  assert.deepEqual(
    second.body.items.map(({ kind }: { kind: string }) => kind),
    ['order.placed'],
  )
  const stranger = await list(randomUUID(), 'customer')
  assert.deepEqual([stranger.status, stranger.body.code], [404, 'customer-not-found'])
  assert.equal((await list(order.ownerId, 'restaurant')).status, 404)
  assert.equal((await list(order.customerId, 'customer', '', 'me')).status, 404)
  assert.equal((await list(order.customerId, 'customer', '?limit=101')).status, 400)
})

test('in version 2 a list goes on from a cursor, whatever arrives meanwhile', async (t) => {
  const { hearOrder, listV2 } = await start(t)
  for (const step of ['order.placed', 'order.reserved', 'order.paid'] as const)
    await hearOrder(step)
  const first = (await listV2(order.customerId, '?limit=2')).body
  assert.deepEqual(Object.keys(first).sort(), ['items', 'nextCursor'])
  await hearOrder('order.accepted')
  const rest = (await listV2(order.customerId, `?limit=2&cursor=${first.nextCursor}`)).body
  const kinds = [...first.items, ...rest.items].map(({ kind }: { kind: string }) => kind)
  assert.deepEqual(kinds, ['order.paid', 'order.reserved', 'order.placed'])
  assert.equal(rest.nextCursor, null)
  const refused = await listV2(order.customerId, '?page=2')
  assert.deepEqual([refused.status, refused.body.errors[0].path], [400, 'page'])
})
