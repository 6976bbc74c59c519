import type { Consumers, Handlers, Once } from '#platform/broker/consumer.ts'
import { driveSaga } from './drive-saga.ts'
import type { OrderDeps } from './place-order.ts'
import type { SagaMessage } from './saga.ts'

const REPLIES = [
  'stock.reserved',
  'stock.rejected',
  'stock.released',
  'stock.committed',
  'payment.captured',
  'payment.declined',
  'payment.refunded',
] as const

type Reply = { orderId: string; amountCents?: number; refundId?: string }

/** Every reply of inventory and payment goes to the order's saga. */
export function orderConsumers(deps: Omit<OrderDeps, 'fetchMenu'>): Consumers {
  const reply =
    (name: (typeof REPLIES)[number]) =>
    ({ payload }: { payload: Reply }, once: Once) =>
      once(async (tx) => {
        const { orderId, amountCents, refundId } = payload
        const message: SagaMessage = { name, amountCents, refundId }
        await driveSaga(deps, tx, orderId, message)
      })
  return {
    'order.replies': Object.fromEntries(REPLIES.map((name) => [name, reply(name)])) as Handlers,
  }
}
