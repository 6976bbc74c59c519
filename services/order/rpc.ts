import { v7 as uuidv7 } from 'uuid'
import type { OrderState } from '#contracts/order.ts'
import type { RpcHandlers } from '#platform/grpc/server.ts'
import { pathId } from '#platform/http/path-id.ts'
import { parse } from '#platform/parse.ts'
import { findEvents, nextOrders } from './event-store.ts'
import { type OrderDeps, placeOrder } from './place-order.ts'
import { orderNotFound } from './problems.ts'
import { replay } from './replay.ts'
import { BasketBody } from './routes.ts'
import { readOrder } from './step-order.ts'

/** `restofy.order.v1.Orders`: the same use cases as over HTTP, for the same people. */
export const ordersRpc = (deps: OrderDeps): RpcHandlers => ({
  // There is no Idempotency-Key here: who calls it must not try again.
  CreateOrder: async (request, { signedIn }) => {
    const customerId = (await signedIn('customer')).id
    const { payment, ...basket } = parse(BasketBody, request)
    return placeOrder(deps, { id: uuidv7(), customerId, basket, payment })
  },
  GetOrder: async (request, { signedIn }) => {
    const { id } = request as { id: string }
    return readOrder(deps, await signedIn(), pathId(id, orderNotFound))
  },
  ReplayOrders: (request) => replayed(deps, request as { orderId?: string; afterVersion: number }),
})

const ORDERS_AT_A_TIME = 100
const BEFORE_ALL = '00000000-0000-0000-0000-000000000000'

async function* replayed(
  { pool }: Pick<OrderDeps, 'pool'>,
  { orderId, afterVersion }: { orderId?: string; afterVersion: number },
): AsyncGenerator<{ states: OrderState[] }> {
  if (orderId !== undefined) {
    const moments = replay(await findEvents(pool, pathId(orderId, orderNotFound)))
    const later = moments.filter(({ version }) => version > afterVersion)
    yield { states: later.map(({ order }) => order) }
    return
  }
  let after = BEFORE_ALL
  while (true) {
    const orders = await nextOrders(pool, after, ORDERS_AT_A_TIME)
    if (orders.length === 0) return
    yield { states: orders.flatMap(({ events }) => replay(events).map(({ order }) => order)) }
    after = orders.at(-1)!.orderId
  }
}
