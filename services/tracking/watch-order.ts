import type { Pool } from 'pg'
import { OrderState } from '#contracts/order.ts'
import { mayRead, type Principal } from '#platform/auth.ts'
import type { RpcNeighbour } from '#platform/grpc/client.ts'
import type { Log } from '#platform/log.ts'
import { parse } from '#platform/parse.ts'
import { orderNotFound } from './problems.ts'
import { findOrder } from './store.ts'
import type { Watchers } from './watchers.ts'

export type WatchDeps = { pool: Pool; log: Log; order: RpcNeighbour; watchers: Watchers }

export type Watching = {
  id: string
  principal: Principal
  authorization: string
  /** What has been seen already; 0: nothing. */
  afterVersion: number
  signal: AbortSignal
}

/**
 * The order as it is, or what has been missed of it, then every later state in turn. Undefined comes
 * first when all has been seen. 404 for those whom the order does not concern.
 */
export async function* watchOrder(
  deps: WatchDeps,
  { id, principal, authorization, afterVersion, signal }: Watching,
): AsyncGenerator<OrderState | undefined> {
  const current = await currentOrder(deps, id, authorization)
  if (!mayRead(principal, current.customerId, current.ownerId)) throw orderNotFound(id)
  let seen = afterVersion
  if (seen === 0) {
    yield current
    seen = current.version
  } else if (seen >= current.version) {
    yield undefined
  }
  // From what has been seen: what was projected since we read is found by the next look.
  for await (const order of deps.watchers.follow(id, seen, signal)) {
    for (const state of await upTo(deps, order, seen)) yield state
    seen = order.version
  }
}

/** An order just placed may not have been projected yet: then who owns it is asked. */
async function currentOrder({ pool, order }: WatchDeps, id: string, authorization: string) {
  return (
    (await findOrder(pool, id)) ??
    parse(OrderState, await order.call('GetOrder', { id }, { authorization }))
  )
}

/**
 * Every state after `seen` up to this one. Versions that passed between two looks are read again from
 * the events; when they cannot be had, the last one has to do.
 */
async function upTo(deps: WatchDeps, order: OrderState, seen: number): Promise<OrderState[]> {
  if (order.version <= seen + 1) return [order]
  try {
    const request = { orderId: order.id, afterVersion: seen }
    const states = await missed(deps.order, request)
    return [...states.filter(({ version }) => version < order.version), order]
  } catch (err) {
    deps.log.warn({ err, order_id: order.id, seen }, 'states in between cannot be had')
    return [order]
  }
}

const WITHIN_MS = 2_000

async function missed(order: RpcNeighbour, request: object): Promise<OrderState[]> {
  const states: OrderState[] = []
  const signal = AbortSignal.timeout(WITHIN_MS)
  for await (const reply of order.watch('ReplayOrders', request, { signal })) {
    states.push(...(reply as { states: unknown[] }).states.map((state) => parse(OrderState, state)))
  }
  return states
}
