import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { type TestContext, test } from 'node:test'
import type { OrderState } from '#contracts/order.ts'
import { rpcNeighbour } from '#platform/grpc/client.ts'
import type { Problem } from '#platform/problem.ts'
import { eventually, silentLog } from '#platform/testing.ts'
import { TEST_API_KEY } from '#platform/testing-neighbour.ts'
import { serveRpc } from '#platform/testing-rpc.ts'
import { tracking } from './service.ts'
import { anOrder, ORDERS, start as startReadModel } from './testing.ts'
import { watchOrder } from './watch-order.ts'
import { watchers } from './watchers.ts'

const rules = { ...tracking.calls[0]!, rpc: ORDERS, retries: 0 }

const life = (order = anOrder()): OrderState[] =>
  (['placed', 'reserved', 'paid', 'accepted'] as const).map((status, i) => ({
    ...{ ...order, status, version: i + 1 },
  }))

/** The read model beside an order service that knows these states. */
async function start(t: TestContext, states: readonly OrderState[]) {
  const { pool, hearOrder } = await startReadModel(t)
  const { target } = await serveRpc(t, {
    [ORDERS]: {
      CreateOrder: async () => ({}),
      GetOrder: async () => states[0]!,
      ReplayOrders: async function* (request) {
        const { afterVersion } = request as { afterVersion: number }
        yield { states: states.filter(({ version }) => version > afterVersion) }
      },
    },
  })
  const order = rpcNeighbour(rules, { target, apiKey: TEST_API_KEY })
  const watching = watchers(pool, silentLog)
  t.after(async () => {
    await watching.stop()
    await order.close()
  })
  const deps = { pool, log: silentLog, order, watchers: watching }
  const watch = (afterVersion = 0, id: string = states[0]!.customerId) => {
    const hangUp = new AbortController()
    const principal = { id, role: 'customer' as const }
    const asked = { id: states[0]!.id, principal, authorization: 'Bearer x', afterVersion }
    const stream = watchOrder(deps, { ...asked, signal: hangUp.signal })
    return { next: async () => (await stream.next()).value, hangUp: () => hangUp.abort() }
  }
  return { hearOrder, watching, watch, order }
}

test('who watches sees the order as it is, then what another replica has projected', async (t) => {
  const states = life()
  const { hearOrder, watch } = await start(t, states)
  await hearOrder(states[0]!)
  const { next } = watch()
  assert.deepEqual(await next(), states[0])
  await hearOrder(states[1]!)
  assert.deepEqual(await next(), states[1])
  await hearOrder(states[2]!)
  assert.deepEqual(await next(), states[2])
})

test('what this process has projected arrives at once, and only once', async (t) => {
  const states = life()
  const { hearOrder, watch, watching } = await start(t, states)
  await hearOrder(states[0]!)
  const { next } = watch()
  await next()
  const second = next()
  await eventually(async () => watching.count() === 1)
  watching.tell(states[1]!)
  assert.deepEqual(await second, states[1])
  const third = next()
  await hearOrder(states[1]!)
  await hearOrder(states[2]!)
  assert.deepEqual(await third, states[2])
})

test('versions that passed between two looks are not left out', async (t) => {
  const states = life()
  const { hearOrder, watch } = await start(t, states)
  await hearOrder(states[0]!)
  const { next } = watch()
  await next()
  await hearOrder(states[3]!)
  assert.deepEqual([await next(), await next(), await next()], states.slice(1))
})

test('while the order service is away the last version has to do', async (t) => {
  const states = life()
  const { hearOrder, watch, order } = await start(t, states)
  await hearOrder(states[0]!)
  const { next } = watch()
  await next()
  await order.close()
  await hearOrder(states[3]!)
  assert.deepEqual(await next(), states[3])
})

test('who comes back gets what was missed, and when that is nothing is told so', async (t) => {
  const states = life()
  const { hearOrder, watch } = await start(t, states)
  await hearOrder(states[2]!)
  const back = watch(1)
  assert.deepEqual([await back.next(), await back.next()], states.slice(1, 3))

  const { next } = watch(3)
  assert.equal(await next(), undefined)
  await hearOrder(states[3]!)
  assert.deepEqual(await next(), states[3])
})

test('an order that has not been projected yet can be watched already', async (t) => {
  const states = life()
  const { hearOrder, watch } = await start(t, states)
  const { next } = watch()
  assert.deepEqual(structuredClone(await next()), states[0])
  await hearOrder(states[1]!)
  assert.deepEqual(await next(), states[1])
})

test('a stranger is told that there is no such order', async (t) => {
  const states = life()
  const { hearOrder, watch } = await start(t, states)
  await hearOrder(states[0]!)
  await assert.rejects(watch(0, randomUUID()).next(), (error: Problem) => error.status === 404)
})

test('nobody is waited for who has hung up', async (t) => {
  const states = life()
  const { hearOrder, watch, watching } = await start(t, states)
  await hearOrder(states[0]!)
  const { next, hangUp } = watch()
  await next()
  const last = next()
  await eventually(async () => watching.count() === 1)
  hangUp()
  assert.equal(await last, undefined)
  assert.equal(watching.count(), 0)
})
