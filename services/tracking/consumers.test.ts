import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { metrics } from '#contracts/metrics.ts'
import type { OrderState } from '#contracts/order.ts'
import { registry } from '#platform/metrics.ts'
import { listOrders } from './list-store.ts'
import { ownerOf } from './store.ts'
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

  await Promise.all(states.map((state) => hearOrder(state)))

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

test('the lag is that of what was news, from when it was written', async (t) => {
  const { hearOrder } = await start(t)
  const order = anOrder()
  const before = await lagSeen()
  await hearOrder({ ...order, version: 2 }, { writtenAt: new Date(Date.now() - 7_000) })
  await hearOrder(order, { writtenAt: new Date(Date.now() - 60_000) })
  await hearOrder(anOrder(), { writtenAt: new Date(Date.now() + 60_000) })
  const after = await lagSeen()
  assert.equal(after.count - before.count, 2)
  const seconds = after.sum - before.sum
  assert.ok(seconds >= 7 && seconds < 30, `${seconds} s`)
})

test('an old word about a restaurant does not bring back its old owner', async (t) => {
  const { pool, hearRestaurant } = await start(t)
  const [id, seller, buyer] = [randomUUID(), randomUUID(), randomUUID()]

  await hearRestaurant(id, buyer, 2)
  await hearRestaurant(id, seller, 1)

  assert.equal(await ownerOf(pool, id), buyer)
})

async function lagSeen(): Promise<Record<'count' | 'sum', number>> {
  const { name } = metrics.projectionLag
  const { values } = await registry.getSingleMetric(name)!.get()
  const of = (part: string) =>
    values.find((each) => 'metricName' in each && each.metricName === `${name}_${part}`)?.value ?? 0
  return { count: of('count'), sum: of('sum') }
}

function orderings<T>(items: readonly T[]): T[][] {
  if (items.length === 0) return [[]]
  return items.flatMap((item, at) =>
    orderings(items.toSpliced(at, 1)).map((rest) => [item, ...rest]),
  )
}
