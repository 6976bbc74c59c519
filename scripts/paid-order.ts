import { orderJourney, type Stage } from './journey.ts'

/** Places an order and follows it; anything but `paid` is an error. */
export async function paidOrder(gateway: string): Promise<{ id: string; stages: Stage[] }> {
  const stages = await orderJourney(gateway)
  const { status, order } = stages.at(-1)!
  if (status !== 'paid') throw new Error(`order ${order.id} ended as ${status}`)
  return { id: order.id, stages }
}
