import { v7 as uuidv7 } from 'uuid'
import type { RpcHandlers } from '#platform/grpc/server.ts'
import { pathId } from '#platform/http/path-id.ts'
import { parse } from '#platform/parse.ts'
import { type OrderDeps, placeOrder } from './place-order.ts'
import { orderNotFound } from './problems.ts'
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
})
