import { z } from 'zod'
import type { OrderState } from '#contracts/order.ts'
import type { RpcHandlers } from '#platform/grpc/server.ts'
import { pathId } from '#platform/http/path-id.ts'
import type { Log } from '#platform/log.ts'
import type { OncePerKey } from '#platform/once-per-key.ts'
import { parse } from '#platform/parse.ts'
import { allOrders, findEvents } from './event-store.ts'
import { type OrderDeps, placeOrder } from './place-order.ts'
import { orderNotFound } from './problems.ts'
import { replayOrTell, type StoredEvent } from './replay.ts'
import { BasketBody } from './routes.ts'
import { readOrder } from './step-order.ts'

const CreateOrderRequest = BasketBody.extend({ idempotencyKey: z.string().optional() })

/** `restofy.order.v1.Orders`: the same use cases as over HTTP, for the same people. */
export const ordersRpc = (deps: OrderDeps & { oncePerKey: OncePerKey }): RpcHandlers => ({
  CreateOrder: async (request, { signedIn }) => {
    const customerId = (await signedIn('customer')).id
    const { idempotencyKey: key, ...wanted } = parse(CreateOrderRequest, request)
    const { payment, ...basket } = wanted
    return deps.oncePerKey({ principal: customerId, key, request: wanted }, ({ id, answer }) =>
      placeOrder(deps, { ...{ id, customerId, basket, payment }, answer: { of: answer } }),
    )
  },
  GetOrder: async (request, { signedIn }) => {
    const { id } = request as { id: string }
    return readOrder(deps, await signedIn(), pathId(id, orderNotFound))
  },
  ReplayOrders: (request) => replayed(deps, request as { orderId?: string; afterVersion: number }),
})

const ORDERS_AT_A_TIME = 100
/** The largest basket, a hundred times, stays below the 4 MB that a gRPC message may have. */
const STATES_AT_A_TIME = 100

type OrderStates = { states: OrderState[]; broken: string[] }

async function* replayed(
  { pool, log }: Pick<OrderDeps, 'pool' | 'log'>,
  { orderId, afterVersion }: { orderId?: string; afterVersion: number },
): AsyncGenerator<OrderStates> {
  if (orderId !== undefined) {
    const id = pathId(orderId, orderNotFound)
    const { states, broken } = statesOf(log, [{ orderId: id, events: await findEvents(pool, id) }])
    yield { states: states.filter(({ version }) => version > afterVersion), broken }
    return
  }
  for await (const orders of allOrders(pool, ORDERS_AT_A_TIME)) {
    const { states, broken } = statesOf(log, orders)
    if (broken.length > 0) yield { states: [], broken }
    for (let at = 0; at < states.length; at += STATES_AT_A_TIME) {
      yield { states: states.slice(at, at + STATES_AT_A_TIME), broken: [] }
    }
  }
}

function statesOf(
  log: Log,
  orders: readonly { orderId: string; events: readonly StoredEvent[] }[],
): OrderStates {
  const all: OrderStates = { states: [], broken: [] }
  for (const recorded of orders) {
    const moments = replayOrTell(log, recorded)
    if (moments) all.states.push(...moments.map(({ order }) => order))
    else all.broken.push(recorded.orderId)
  }
  return all
}
