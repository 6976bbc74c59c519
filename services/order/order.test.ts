import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Menu } from '#contracts/menu.ts'
import { ORDER_STATUSES, type OrderState } from '#contracts/order.ts'
import { Problem } from '#platform/problem.ts'
import { apply, fold, type OrderEvent, place, STEPS } from './order.ts'
import { exampleMenu, placedOrder } from './testing.ts'

const now = new Date('2026-01-01T12:00:00Z')
const who = { id: crypto.randomUUID(), customerId: crypto.randomUUID(), now }
const order = (menu: Menu, items: { menuItemId: string; quantity: number }[]) =>
  apply(undefined, place({ restaurantId: menu.restaurantId, items }, menu, who))

const refusal = (code: string) => (error: unknown) =>
  error instanceof Problem && error.code === code

test('prices come from the menu and the total is whole cents', () => {
  const menu = exampleMenu([1599, 250])
  const [pizza, water] = menu.items
  const placed = order(menu, [
    { menuItemId: pizza!.id, quantity: 2 },
    { menuItemId: water!.id, quantity: 3 },
  ])
  assert.equal(placed.totalCents, 2 * 1599 + 3 * 250)
  assert.equal(placed.status, 'placed')
  assert.equal(placed.version, 1)
})

test('an item named twice becomes one line', () => {
  const menu = exampleMenu([100])
  const menuItemId = menu.items[0]!.id
  const placed = order(menu, [
    { menuItemId, quantity: 1 },
    { menuItemId, quantity: 2 },
  ])
  assert.deepEqual(
    placed.lines.map(({ quantity }) => quantity),
    [3],
  )
})

test('an item that is not on the menu refuses the whole basket', () => {
  const menu = exampleMenu([100])
  const items = [
    { menuItemId: menu.items[0]!.id, quantity: 1 },
    { menuItemId: crypto.randomUUID(), quantity: 1 },
  ]
  assert.throws(() => order(menu, items), refusal('item-not-on-menu'))
})

test('a closed restaurant takes no orders', () => {
  const menu = { ...exampleMenu([100]), open: false }
  const items = [{ menuItemId: menu.items[0]!.id, quantity: 1 }]
  assert.throws(() => order(menu, items), refusal('restaurant-closed'))
})

test('only the steps in the table are possible, from every status to every other', () => {
  const types = ['reserved', 'paid', 'accepted', 'ready', 'delivered', 'cancelled'] as const
  for (const from of ORDER_STATUSES) {
    for (const type of types) {
      const before: OrderState = { ...placedOrder(), status: from }
      const event: OrderEvent =
        type === 'cancelled' ? { type, reason: 'customer-request' } : { type }
      if (STEPS[from].includes(type)) assert.equal(apply(before, event).status, type)
      else assert.throws(() => apply(before, event), refusal('illegal-step'), `${from} → ${type}`)
    }
  }
})

test('a delivered order cannot be cancelled', () => {
  const delivered: OrderState = { ...placedOrder(), status: 'delivered' }
  const cancel: OrderEvent = { type: 'cancelled', reason: 'customer-request' }
  assert.throws(() => apply(delivered, cancel), refusal('illegal-step'))
})

test('the fold of the events is the order, and each event counts one version', () => {
  const menu = exampleMenu([100])
  const items = [{ menuItemId: menu.items[0]!.id, quantity: 1 }]
  const events: OrderEvent[] = [
    place({ restaurantId: menu.restaurantId, items }, menu, who),
    { type: 'reserved' },
    { type: 'paid' },
    { type: 'cancelled', reason: 'rejected' },
    { type: 'refunded', amountCents: 40 },
    { type: 'refunded', amountCents: 60 },
  ]
  const { status, version, cancelReason, refunded, refundedCents } = fold(events)
  assert.deepEqual(
    { status, version, cancelReason, refunded, refundedCents },
    {
      ...{ status: 'cancelled', version: 6, cancelReason: 'rejected' },
      ...{ refunded: true, refundedCents: 100 },
    },
  )
})

test('the total is the sum of its lines, whatever the basket', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(100_000), fc.integer({ min: 1, max: 99 })), {
        minLength: 1,
        maxLength: 50,
      }),
      (rows) => {
        const menu = exampleMenu(rows.map(([price]) => price))
        const items = rows.map(([, quantity], i) => ({ menuItemId: menu.items[i]!.id, quantity }))
        const expected = rows.reduce((sum, [price, quantity]) => sum + price * quantity, 0)
        assert.equal(order(menu, items).totalCents, expected)
      },
    ),
  )
})
