import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import type { OrderState } from '#contracts/order.ts'
import { listOrders, ownerOf } from './store.ts'
import { anOrder, start } from './testing.ts'

const ALL = { limit: 100, offset: 0 }
const placed = anOrder()
const life: OrderState[] = [
  placed,
  { ...placed, status: 'reserved', version: 2 },
  { ...placed, status: 'cancelled', cancelReason: 'payment-declined', version: 3 },
]

for (const sequence of orderings(life)) {
  const name = sequence.map(({ version }) => version).join(', ')
  test(`versions arriving as ${name} leave the last one`, async (t) => {
    const { pool, hearOrder } = await start(t)

    for (const state of sequence) await hearOrder(state)
    for (const state of sequence) await hearOrder(state)

    assert.deepEqual(await listOrders(pool, 'everybody', ALL), { items: [life[2]], total: 1 })
    assert.equal((await listOrders(pool, 'everybody', { ...ALL, status: 'placed' })).total, 0)
  })
}

test('versions handled side by side leave the last one', async (t) => {
  const { pool, hearOrder } = await start(t)
  const states = Array.from({ length: 20 }, (_, n) => ({ ...placed, version: n + 1 }))

  await Promise.all(states.map(hearOrder))

  const { items } = await listOrders(pool, 'everybody', ALL)
  assert.deepEqual(
    items.map(({ version }) => version),
    [20],
  )
})

test('what is heard is what is listed, to the last field', async (t) => {
  const { pool, hearOrder } = await start(t)
  const order = anOrder({ note: 'Döner “extra” \\ 100 %', refunded: true, status: 'cancelled' })

  await hearOrder(order)

  const { items } = await listOrders(pool, { customerId: order.customerId }, ALL)
  assert.deepEqual(items, [order])
})

test('an old word about a restaurant does not bring back its old owner', async (t) => {
  const { pool, hearRestaurant } = await start(t)
  const [id, seller, buyer] = [randomUUID(), randomUUID(), randomUUID()]

  await hearRestaurant(id, buyer, 2)
  await hearRestaurant(id, seller, 1)

  assert.equal(await ownerOf(pool, id), buyer)
})

function orderings<T>(items: readonly T[]): T[][] {
  if (items.length === 0) return [[]]
  return items.flatMap((item, at) =>
    orderings(items.toSpliced(at, 1)).map((rest) => [item, ...rest]),
  )
}
