import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { Client, credentials } from '@grpc/grpc-js'
import { service as Health } from 'grpc-health-check'
import type { Call } from '../../manifest.ts'
import { deadlineAt, inContext } from '../context.ts'
import { Problem } from '../problem.ts'
import { eventually } from '../testing.ts'
import { TEST_API_KEY } from '../testing-neighbour.ts'
import { serveRpc } from '../testing-rpc.ts'
import { rpcNeighbour } from './client.ts'
import type { Asked, RpcHandlers } from './server.ts'

const MENU = 'restofy.menu.v1.Menu'
const TRACKING = 'restofy.tracking.v1.Tracking'
const menu = {
  ...{ restaurantId: 'r', ownerId: 'o', name: 'Roma', open: false, version: 3 },
  items: [{ id: 'i', name: 'Margherita', priceCents: 0 }],
}

let count = 0

function clientOf(t: TestContext, target: string, more: Partial<Call> = {}) {
  const rules = { timeoutMs: 2_000, retries: 0, rpc: MENU, ...more }
  const service = `rpc-${++count}`
  const client = rpcNeighbour({ ...rules, service }, { target, apiKey: TEST_API_KEY })
  t.after(client.close)
  return client
}

/** The menu service of one handler, and a client for it. */
async function start(t: TestContext, GetMenu: RpcHandlers[string], more: Partial<Call> = {}) {
  const server = await serveRpc(t, { [MENU]: { GetMenu } })
  const client = clientOf(t, server.target, more)
  return { ...server, getMenu: () => client.call('GetMenu', { restaurantId: 'r' }) }
}

const problem = (status: number, code: string) => (error: unknown) => {
  assert.ok(error instanceof Problem, String(error))
  assert.deepEqual([error.status, error.code], [status, code])
  return true
}

test('an answer arrives as it was given, its false and its zeros too, and what is absent stays so', async (t) => {
  const { getMenu } = await start(t, async () => menu)
  assert.deepEqual(structuredClone(await getMenu()), menu)
})

test('a refusal arrives as the problem it is, after one try', async (t) => {
  let tries = 0
  const refuse = async () => {
    tries++
    throw new Problem(422, 'closed-today', 'kommt nächste Woche', {
      errors: [{ path: 'day', message: 'is a Monday' }],
    })
  }
  const { getMenu } = await start(t, refuse, { retries: 2 })
  await assert.rejects(getMenu, (error: Problem) => {
    assert.deepEqual(error.errors, [{ path: 'day', message: 'is a Monday' }])
    assert.equal(error.message, 'kommt nächste Woche')
    return problem(422, 'closed-today')(error)
  })
  assert.equal(tries, 1)
})

test('a refusal whose words end in half a character arrives', async (t) => {
  const { getMenu } = await start(t, async () => {
    throw new Problem(404, 'no-such-menu', 'no menu \u{1D413}'.slice(0, -1))
  })
  await assert.rejects(getMenu, problem(404, 'no-such-menu'))
})

test('a bug says nothing of itself, is tried again, and is unavailable in the end', async (t) => {
  let tries = 0
  const { getMenu } = await start(
    t,
    async () => {
      tries++
      throw new TypeError('the password is swordfish')
    },
    { retries: 1 },
  )
  await assert.rejects(getMenu, (error: Problem) => {
    assert.doesNotMatch(String((error.cause as Error).message), /swordfish/)
    return problem(503, 'unavailable')(error)
  })
  assert.equal(tries, 2)
})

test('a call carries the correlation id, and the time that is left for it', async (t) => {
  let left = 0
  const { getMenu } = await start(t, async () => {
    left = deadlineAt()! - Date.now()
    return menu
  })
  await getMenu()
  assert.ok(left > 1_000 && left <= 2_000, `${left} ms`)
  const hurried = { correlationId: 'c-1', deadlineAt: Date.now() + 500 }
  await inContext(hurried, getMenu)
  assert.ok(left > 0 && left <= 500, `${left} ms`)
  await assert.rejects(inContext({ ...hurried, deadlineAt: Date.now() - 1 }, getMenu), Problem)
})

test('a neighbour that is too slow is unavailable in time, and learns that nobody waits', async (t) => {
  let asked: Asked | undefined
  const { getMenu } = await start(
    t,
    (_request, call) => {
      asked = call
      return new Promise<object>(() => {})
    },
    { timeoutMs: 100 },
  )
  const started = Date.now()
  await assert.rejects(getMenu, problem(503, 'unavailable'))
  assert.ok(Date.now() - started < 1_000)
  await eventually(async () => asked!.signal.aborted)
})

test('a peer that is gone costs no waiting, and is found again when it is back', async (t) => {
  const first = await serveRpc(t, { [MENU]: { GetMenu: async () => menu } })
  const client = clientOf(t, first.target, {
    timeoutMs: 5_000,
    breaker: { failures: 5, openMs: 50 },
  })
  const getMenu = () => client.call('GetMenu', { restaurantId: 'r' })
  await getMenu()
  await first.drain()
  const started = Date.now()
  await assert.rejects(getMenu, problem(503, 'unavailable'))
  assert.ok(Date.now() - started < 1_000, `${Date.now() - started} ms`)
  await serveRpc(t, { [MENU]: { GetMenu: async () => menu } }, { port: first.port })
  assert.ok(await eventually(() => getMenu().catch(() => undefined)))
})

test('calls go round all instances, and one that is gone is left out', async (t) => {
  const served = [0, 0]
  const serve = (n: number) =>
    serveRpc(t, {
      [MENU]: {
        GetMenu: async () => {
          served[n]!++
          return menu
        },
      },
    })
  const [one, two] = [await serve(0), await serve(1)]
  const target = `ipv4:127.0.0.1:${one.port},127.0.0.1:${two.port}`
  const client = clientOf(t, target, { retries: 1 })
  const getMenu = () => client.call('GetMenu', { restaurantId: 'r' })
  await eventually(async () => {
    await getMenu()
    return served.every((times) => times >= 3)
  })
  await one.drain()
  for (let i = 0; i < 6; i++) await getMenu()
})

test('without a neighbour’s key there is no answer', async (t) => {
  const { target } = await serveRpc(t, { [MENU]: { GetMenu: async () => menu } })
  const rules = { service: 'stranger', rpc: MENU, timeoutMs: 1_000, retries: 0 }
  const stranger = rpcNeighbour(rules, { target, apiKey: 'a-key-somebody-guessed' })
  t.after(stranger.close)
  const getMenu = stranger.call('GetMenu', { restaurantId: 'r' })
  await assert.rejects(getMenu, problem(401, 'unauthenticated'))
})

test('a stream ends when the caller hangs up, and when the process leaves', async (t) => {
  const process = new AbortController()
  let open = 0
  async function* WatchOrder(_request: unknown, { signal }: Asked) {
    open++
    yield { order: { id: 'order', version: 1 } }
    await new Promise((resolve) => signal.addEventListener('abort', resolve))
    open--
  }
  const serving = { leaving: process.signal }
  const { target } = await serveRpc(t, { [TRACKING]: { WatchOrder } }, serving)
  const client = clientOf(t, target, { rpc: TRACKING })
  const watch = (signal: AbortSignal) => client.watch('WatchOrder', { id: 'order' }, { signal })

  const caller = new AbortController()
  for await (const item of watch(caller.signal)) {
    assert.equal((item as { order: { version: number } }).order.version, 1)
    caller.abort()
  }
  await eventually(async () => open === 0)

  const stays = async () => {
    for await (const _ of watch(new AbortController().signal)) process.abort()
  }
  await assert.rejects(stays, problem(503, 'unavailable'))
  await eventually(async () => open === 0)
})

test('the health service says whether to send calls', async (t) => {
  const server = await serveRpc(t, { [MENU]: { GetMenu: async () => menu } })
  const client = new Client(server.target, credentials.createInsecure())
  t.after(() => client.close())
  const { path, requestSerialize, responseDeserialize } = Health.Check!
  const check = (service: string): Promise<string> =>
    new Promise((resolve) => {
      client.makeUnaryRequest<object, object>(
        ...([path, requestSerialize, responseDeserialize, { service }] as const),
        (error, answer) => resolve(error ? error.details : (answer as { status: string }).status),
      )
    })
  assert.deepEqual([await check(''), await check(MENU)], ['SERVING', 'SERVING'])
  const drained = server.drain(200)
  await eventually(async () => (await check(MENU)) === 'NOT_SERVING')
  await drained
})
