import { appendMessages } from '#platform/outbox.ts'
import type { Tx } from '#platform/sql.ts'
import { commit, release } from './stock.ts'
import { keepReservation, lockReservation, settleReservation } from './store.ts'

/** The basket is sold. Says `stock.committed`; a repeat says it again, a released basket never is. */
export async function commitStock(tx: Tx, orderId: string): Promise<void> {
  const held = await lockReservation(tx, orderId)
  if (!held) throw new Error(`nothing is reserved for order ${orderId} yet`)
  if (held.status === 'reserved') {
    await settleReservation(tx, { orderId, status: 'committed' }, commit(held))
  } else if (held.status !== 'committed') return
  appendMessages(tx, [
    { name: 'stock.committed', aggregateId: orderId, version: 2, payload: { orderId } },
  ])
}

/**
 * Puts a basket back, whether it was reserved or already sold, and says `stock.released`. When
 * nothing was reserved yet it leaves a mark, so that a reserve overtaken on its way is refused.
 */
export async function releaseStock(tx: Tx, orderId: string): Promise<void> {
  const held = await lockReservation(tx, orderId)
  if (held) await settleReservation(tx, { orderId, status: 'released' }, release(held))
  else await leaveMark(tx, orderId)
  appendMessages(tx, [
    { name: 'stock.released', aggregateId: orderId, version: 3, payload: { orderId } },
  ])
}

async function leaveMark(tx: Tx, orderId: string): Promise<void> {
  if (await keepReservation(tx, { orderId, status: 'released', lines: [] })) return
  // Thrown, so that the release is delivered again and finds what it has to put back.
  throw new Error(`order ${orderId} was being reserved at the same moment`)
}
