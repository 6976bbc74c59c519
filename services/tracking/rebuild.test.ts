import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { type TestContext, test } from 'node:test'
import type { OrderState } from '#contracts/order.ts'
import { rpcNeighbour } from '#platform/grpc/client.ts'
import { TEST_API_KEY } from '#platform/testing-neighbour.ts'
import { serveRpc } from '#platform/testing-rpc.ts'
import { listOrders } from './list-store.ts'
import { parkOrder } from './parked-store.ts'
import { rebuildReadModel } from './rebuild.ts'
import { tracking } from './service.ts'
import { findOrder } from './store.ts'
import { anOrder, ORDERS, start as startReadModel } from './testing.ts'

const EVERYTHING = { limit: 100, offset: 0 }

const lifeOf = (order = anOrder()): OrderState[] =>
  (['placed', 'reserved', 'paid'] as const).map((status, i) => ({
    ...{ ...order, status, version: i + 1 },
  }))

/** The read model beside an order service that holds these lives; `between` happens while it tells them. */
async function start(t: TestContext, lives: OrderState[][]) {
  const { pool, hearOrder, lists } = await startReadModel(t)
  const state = { lives, broken: [] as string[], between: async () => {} }
  const { target } = await serveRpc(t, {
    [ORDERS]: {
      CreateOrder: async () => ({}),
      GetOrder: async () => ({}),
      ReplayOrders: async function* (request) {
        const { orderId } = request as { orderId?: string }
        if (!orderId) yield { states: [], broken: state.broken }
        for (const states of [...state.lives]) {
          if (!orderId || states[0]!.id === orderId) yield { states }
        }
        if (!orderId) await state.between()
      },
    },
  })
  const rules = { ...tracking.calls[0]!, rpc: ORDERS, retries: 0 }
  const order = rpcNeighbour(rules, { target, apiKey: TEST_API_KEY })
  t.after(order.close)
  return {
    ...{ pool, hearOrder, lists, state },
    hearAll: async () => {
      for (const states of lives) for (const one of states) await hearOrder(one)
    },
    rebuild: (mend: boolean, orderId?: string) =>
      rebuildReadModel({ pool, order, lists, settleMs: 300 }, { mend, orderId }),
    live: async () => (await listOrders(pool, 'everybody', EVERYTHING)).items,
  }
}

const idsOf = (lives: OrderState[][]) => lives.map(([first]) => first!.id).sort()

test('what was heard is what is rebuilt', async (t) => {
  const lives = Array.from({ length: 5 }, () => lifeOf(anOrder({ note: 'é "x" \\' })))
  const { hearAll, rebuild } = await start(t, lives)
  await hearAll()
  const same = { orders: 5, events: 15, differed: [], broken: [], parked: [] }
  assert.deepEqual(await rebuild(false), same)
  assert.deepEqual(await rebuild(true), same)
})

test('what is missing, stale, wrong or made up is found, and mended only when asked', async (t) => {
  const lives = Array.from({ length: 5 }, () => lifeOf())
  const [missing, stale, wrong, ahead, unfound] = idsOf(lives)
  const { pool, hearAll, hearOrder, rebuild, live } = await start(t, lives)
  await hearAll()
  const whole = await live()
  const madeUp = anOrder()
  await hearOrder(madeUp)
  await pool.query('delete from orders where id = $1', [missing])
  await pool.query('update orders set version = 1 where id = $1', [stale])
  await pool.query(`update orders set state = '{}' where id = $1`, [wrong])
  await pool.query('update orders set version = 99 where id = $1', [ahead])
  await pool.query('update orders set words = null where id = $1', [unfound])

  const differed = [missing, stale, wrong, ahead, unfound, madeUp.id].sort()
  assert.deepEqual((await rebuild(false)).differed, differed)
  assert.equal((await findOrder(pool, madeUp.id))?.id, madeUp.id)
  assert.deepEqual((await rebuild(true)).differed, differed)
  assert.deepEqual((await rebuild(true)).differed, [])
  assert.deepEqual(await live(), whole)
})

test('what is projected while events are read is neither lost nor taken for a difference', async (t) => {
  const lives = [lifeOf(), lifeOf()]
  const { hearAll, hearOrder, rebuild, live, state } = await start(t, lives)
  await hearAll()
  const placed = anOrder()
  const moved: OrderState = { ...lives[0]![2]!, status: 'accepted', version: 4 }
  state.between = async () => {
    state.lives = [[...lives[0]!, moved], lives[1]!, [placed]]
    await hearOrder(moved)
    await hearOrder(placed)
  }
  assert.deepEqual((await rebuild(true)).differed, [])
  const byId = new Map((await live()).map((order) => [order.id, order]))
  assert.deepEqual([byId.get(moved.id), byId.get(placed.id)], [moved, placed])
})

test('an order that moves while it is looked at is no difference', async (t) => {
  const lives = [lifeOf(), lifeOf()]
  const [late, moving] = lives as [OrderState[], OrderState[]]
  const { hearOrder, rebuild } = await start(t, lives)
  await hearOrder(late[1]!)
  await hearOrder(moving[0]!)
  const checking = rebuild(false)
  setTimeout(() => Promise.all([hearOrder(late[2]!), hearOrder(moving[1]!)]), 50)
  assert.deepEqual((await checking).differed, [])
})

test('readers see nothing of a rebuild before all of it', async (t) => {
  const lives = Array.from({ length: 60 }, () => lifeOf())
  const { rebuild, live, state } = await start(t, lives)
  const seen = new Set<number>()
  state.between = async () => void seen.add((await live()).length)
  let rebuilding = true
  const looking = (async () => {
    while (rebuilding) seen.add((await live()).length)
  })()
  assert.equal((await rebuild(true)).differed.length, 60)
  rebuilding = false
  await looking
  assert.deepEqual(
    [...seen].filter((count) => count !== 60),
    [0],
  )
})

test('orders that cannot be read stay as they are, are named, and hold nobody up', async (t) => {
  const lives = [lifeOf(), lifeOf(), lifeOf()]
  const [good, strange, broken] = lives as [OrderState[], OrderState[], OrderState[]]
  const { pool, hearAll, rebuild, state } = await start(t, lives)
  await hearAll()
  await pool.query('delete from orders where id = $1', [good[0]!.id])
  const unheardOf = { ...strange[2]!, status: 'eaten' as 'paid', version: 4 }
  state.lives = [good, [...strange, unheardOf]]
  state.broken = [broken[0]!.id]

  const rebuilt = await rebuild(true)
  assert.deepEqual(rebuilt.differed, [good[0]!.id])
  assert.deepEqual(rebuilt.broken.map(({ orderId }) => orderId).sort(), idsOf([strange, broken]))
  for (const [, , last] of lives) assert.deepEqual(await findOrder(pool, last!.id), last)
})

test('a rebuild that is cut short changes nothing', async (t) => {
  const { rebuild, live, state } = await start(t, [lifeOf(), [anOrder({ id: randomUUID() })]])
  state.between = async () => {
    throw new Error('gone')
  }
  await assert.rejects(rebuild(true))
  assert.deepEqual(await live(), [])
})

test('parked orders are shown; a rebuild that can read them takes up what was set aside', async (t) => {
  const lives = [lifeOf(), lifeOf(), lifeOf()]
  const [one, other, broken] = lives.map(([first]) => first!.id) as [string, string, string]
  const { pool, hearOrder, rebuild, state } = await start(t, lives)
  const nobody = randomUUID()
  for (const [placed] of lives) await hearOrder(placed!)
  for (const orderId of [one, other, broken, nobody]) {
    await parkOrder(pool, { orderId, version: 3, reason: 'unknown shape' })
  }
  // No event of the order has this version: somebody else said it.
  await parkOrder(pool, { orderId: one, version: 99, reason: 'unknown shape' })
  state.lives = lives.slice(0, 2)
  state.broken = [broken]
  const parkedAfter = async (mend: boolean, orderId?: string) =>
    (await rebuild(mend, orderId)).parked.map((parked) => parked.orderId)

  assert.deepEqual((await parkedAfter(false)).sort(), [one, other, broken, nobody].sort())
  assert.deepEqual(await parkedAfter(true, one), [other, broken, nobody])
  assert.deepEqual(await findOrder(pool, one), lives[0]![2])
  assert.deepEqual(await findOrder(pool, other), lives[1]![0])
  assert.deepEqual(await parkedAfter(true), [broken])
  assert.deepEqual(await findOrder(pool, other), lives[1]![2])
})

test('what is parked while events are read stays parked', async (t) => {
  const { pool, rebuild, state } = await start(t, [lifeOf()])
  const orderId = randomUUID()
  state.between = () => parkOrder(pool, { orderId, version: 1, reason: 'unknown shape' })
  const { parked } = await rebuild(true)
  assert.deepEqual(
    parked.map((each) => each.orderId),
    [orderId],
  )
})

test('lists are forgotten by what has mended them, and only by that', async (t) => {
  const lives = [lifeOf()]
  const { hearAll, rebuild, live, lists, pool } = await start(t, lives)
  await hearAll()
  const [order] = await live()
  const listed = async () => {
    const page = await lists.page({ customerId: order!.customerId }, { page: 1, limit: 20 })
    return JSON.parse(String(page.bytes)).total
  }
  await listed()
  await pool.query('delete from orders')
  await rebuild(false)
  assert.equal(await listed(), 1)
  await rebuild(true)
  await pool.query('delete from orders')
  assert.equal(await listed(), 0)
})
