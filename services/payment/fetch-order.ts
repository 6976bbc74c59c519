import { OrderState } from '#contracts/order.ts'
import type { Neighbour } from '#platform/call.ts'
import { parse } from '#platform/parse.ts'

export const orderReader =
  (order: Neighbour) =>
  async (id: string): Promise<OrderState | undefined> => {
    const { status, body } = await order.call({ path: `/internal/orders/${id}` })
    return status === 404 ? undefined : parse(OrderState, body)
  }
