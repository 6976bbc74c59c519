import { z } from 'zod'
import { CANCEL_REASONS, type OrderState } from '#contracts/order.ts'
import { OrderV1, orderV1 } from '#contracts/order-view.ts'
import type { Principal } from '#platform/auth.ts'
import { decimal } from '#platform/money.ts'
import { findEvents } from './event-store.ts'
import type { OrderEvent } from './order.ts'
import type { OrderDeps } from './place-order.ts'
import { type Moment, replay } from './replay.ts'
import { readOrder } from './step-order.ts'

export type History = { orderId: string; at: Date; moments: readonly Moment[] }

/** What had happened to an order by then, for those who may see it. Before it was placed that is nothing. */
export async function readHistory(
  deps: Pick<OrderDeps, 'pool' | 'now'>,
  principal: Principal,
  { id, at = deps.now() }: { id: string; at?: Date },
): Promise<History> {
  await readOrder(deps, principal, id)
  const moments = replay(await findEvents(deps.pool, id))
  return { orderId: id, at, moments: moments.filter((moment) => moment.at <= at) }
}

const PayloadV1 = OrderV1.pick({ items: true, totalAmount: true, currency: true, note: true })
  .extend({ reason: z.enum(CANCEL_REASONS), amount: z.number() })
  .partial()

export const HistoryV1 = z.object({
  orderId: z.uuid(),
  at: z.iso.datetime(),
  state: OrderV1.nullable(),
  events: z.array(
    z.object({
      version: z.int(),
      type: z.string(),
      at: z.iso.datetime(),
      payload: PayloadV1,
    }),
  ),
})

export function historyV1({ orderId, at, moments }: History): z.infer<typeof HistoryV1> {
  const last = moments.at(-1)
  return {
    orderId,
    at: at.toISOString(),
    state: last ? orderV1(last.order) : null,
    events: moments.map(({ version, at, event, order }) => ({
      ...{ version, type: event.type, at: at.toISOString() },
      payload: payloadV1(event, order),
    })),
  }
}

/** What the event itself says, without what only services need to know. */
function payloadV1(event: OrderEvent, order: OrderState): z.infer<typeof PayloadV1> {
  if (event.type === 'cancelled') return { reason: event.reason }
  if (event.type === 'refunded') return { amount: decimal(event.amountCents) }
  if (event.type !== 'placed') return {}
  const { items, totalAmount, currency, note } = orderV1(order)
  return { items, totalAmount, currency, note }
}
