import type { OrderState } from '#contracts/order.ts'
import { next, type Outcome, type Saga, type SagaMessage } from './saga.ts'
import { placedOrder } from './testing.ts'

const at = new Date(0)
export const PAYMENT = { method: 'card', token: 'tok_ok' }

/** An order with its saga, and every command sent so far. */
export type World = { saga: Saga; order: OrderState; commands: string[] }

export function begin(payment?: Saga['payment']): World {
  const order = placedOrder()
  const saga: Saga = { orderId: order.id, state: 'reserve-stock', payment, undoing: [], attempt: 0 }
  return step({ saga, order, commands: [] }, { name: 'start' })
}

export function step(world: World, message: SagaMessage): World {
  const outcome: Outcome = next({ ...world, at, paymentWithinMs: 900_000 }, message)
  return {
    // Frozen: `next` may not touch what it was given, or a crash before the commit would leave traces.
    saga: Object.freeze(outcome.saga),
    order: Object.freeze(outcome.order),
    commands: [...world.commands, ...outcome.commands],
  }
}
