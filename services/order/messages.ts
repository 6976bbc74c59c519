import { createHash } from 'node:crypto'
import { v7 as uuidv7 } from 'uuid'
import type { OrderState } from '#contracts/order.ts'
import type { Message } from '#platform/outbox.ts'
import { apply, type OrderEvent } from './order.ts'
import type { Saga } from './saga.ts'
import type { Command, Compensation } from './saga-steps.ts'

/** Each event as the message that reports it, with the whole order as it was after that event. */
export function eventMessages(
  before: OrderState | undefined,
  events: readonly OrderEvent[],
): Message[] {
  let order = before
  return events.map((event) => {
    order = apply(order, event)
    return eventMessage(event, order)
  })
}

/** Of the same event always the same message, with the order as it was after it. */
export const eventMessage = ({ type }: OrderEvent, order: OrderState): Message => ({
  id: eventId(order),
  name: `order.${type}` as const,
  aggregateId: order.id,
  version: order.version,
  payload: { order },
})

/** Begins with the time of the order, as its id does: indexes of messages grow at one end. */
function eventId({ id, version, placedAt }: OrderState): string {
  const random = createHash('sha256').update(`${id} ${version}`).digest()
  return uuidv7({ msecs: Date.parse(placedAt), random })
}

const PAYLOADS = {
  'stock.reserve': ({ id, restaurantId, lines }: OrderState) => ({
    orderId: id,
    restaurantId,
    lines: lines.map(({ menuItemId, quantity }) => ({ menuItemId, quantity })),
  }),
  'stock.release': ({ id }: OrderState) => ({ orderId: id }),
  'stock.commit': ({ id }: OrderState) => ({ orderId: id }),
  'payment.charge': ({ id, customerId, totalCents, currency }: OrderState, { payment }: Saga) => {
    if (!payment) throw new Error(`order ${id} has no payment to charge`)
    return { orderId: id, customerId, amountCents: totalCents, currency, ...payment }
  },
  'payment.refund': ({ id }: OrderState) => ({ orderId: id }),
}

export function commandMessages(
  commands: readonly (Command | Compensation)[],
  order: OrderState,
  saga: Saga,
): Message[] {
  return commands.map(
    (name) =>
      ({
        name,
        aggregateId: order.id,
        version: order.version,
        payload: PAYLOADS[name](order, saga),
      }) as Message,
  )
}
