import type { OrderState } from '#contracts/order.ts'
import { mayRead, type Principal } from '#platform/auth.ts'
import { inTransaction } from '#platform/sql.ts'
import { appendEvent, driveSaga } from './drive-saga.ts'
import type { OrderDeps } from './place-order.ts'
import { orderNotFound } from './problems.ts'
import { findOrder } from './store.ts'

export const KITCHEN_STEPS = { accept: 'accepted', ready: 'ready', deliver: 'delivered' } as const

/** The order, for those who may see it: its customer, the restaurant's owner, admins. 404 for the rest. */
export async function readOrder(
  { pool }: Pick<OrderDeps, 'pool'>,
  principal: Principal,
  id: string,
): Promise<OrderState> {
  const order = await findOrder(pool, id)
  if (!order || !mayRead(principal, order.customerId, order.ownerId)) throw orderNotFound(id)
  return order
}

export async function cancelOrder(
  deps: OrderDeps,
  principal: Principal,
  id: string,
): Promise<OrderState> {
  await readOrder(deps, principal, id)
  const reason = principal.role === 'restaurant' ? 'rejected' : 'customer-request'
  return inTransaction(deps.pool, (tx) => driveSaga(deps, tx, id, { name: 'cancel', reason }))
}

export async function stepOrder(
  deps: OrderDeps,
  principal: Principal,
  id: string,
  step: keyof typeof KITCHEN_STEPS,
): Promise<OrderState> {
  await readOrder(deps, principal, id)
  return inTransaction(deps.pool, (tx) => appendEvent(deps, tx, id, { type: KITCHEN_STEPS[step] }))
}
