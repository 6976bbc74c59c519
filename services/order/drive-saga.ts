import type { OrderState } from '#contracts/order.ts'
import { failpoint } from '#platform/failpoint.ts'
import type { Db } from '#platform/sql.ts'
import { commandMessages, eventMessages } from './messages.ts'
import { orderChanged, sagaChanged } from './observe.ts'
import { apply, type OrderEvent } from './order.ts'
import type { OrderDeps } from './place-order.ts'
import { orderNotFound } from './problems.ts'
import { next, type SagaMessage } from './saga.ts'
import { type Held, lockOrder, updateOrder } from './store.ts'

export type DriveDeps = Pick<OrderDeps, 'log' | 'now' | 'paymentWithinMs'>

/** Gives a saga one message and stores whatever follows, in the caller's transaction. */
export async function driveSaga(
  deps: DriveDeps,
  tx: Db,
  orderId: string,
  message: SagaMessage,
): Promise<OrderState> {
  const held = await hold(tx, orderId)
  const at = deps.now()
  const outcome = next({ ...held, at, paymentWithinMs: deps.paymentWithinMs }, message)
  if (outcome.saga === held.saga) return held.order
  await updateOrder(tx, {
    ...outcome,
    at,
    messages: [
      ...eventMessages(held.order, outcome.events),
      ...commandMessages(outcome.commands, outcome.order, outcome.saga),
    ],
  })
  await failpoint(outcome.saga.state === 'undoing' ? 'C16' : 'C13')
  const seconds = (at.getTime() - held.startedAt.getTime()) / 1000
  orderChanged(deps.log, held.order, outcome.order)
  sagaChanged(deps.log, held.saga, outcome.saga, seconds)
  return outcome.order
}

/** Appends an event that does not concern the saga: the steps of the kitchen. */
export async function appendEvent(
  deps: DriveDeps,
  tx: Db,
  orderId: string,
  event: OrderEvent,
): Promise<OrderState> {
  const held = await hold(tx, orderId)
  const order = apply(held.order, event)
  const messages = eventMessages(held.order, [event])
  await updateOrder(tx, { order, saga: held.saga, events: [event], messages, at: deps.now() })
  orderChanged(deps.log, held.order, order)
  return order
}

async function hold(tx: Db, orderId: string): Promise<Held> {
  const held = await lockOrder(tx, orderId)
  if (!held) throw orderNotFound(orderId)
  return held
}
