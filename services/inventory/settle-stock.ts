import { appendMessages } from '#platform/outbox.ts'
import type { Db } from '#platform/sql.ts'
import { commit, release } from './stock.ts'
import { lockReservation, moveStock, saveReservation } from './store.ts'

/** The basket is sold. Says `stock.committed`; a repeat says it again, a released basket never is. */
export async function commitStock(tx: Db, orderId: string): Promise<void> {
  const held = await lockReservation(tx, orderId)
  if (!held) throw new Error(`nothing is reserved for order ${orderId} yet`)
  if (held.status === 'reserved') {
    await moveStock(tx, commit(held))
    await saveReservation(tx, { ...held, status: 'committed' })
  } else if (held.status !== 'committed') return
  await appendMessages(tx, [
    { name: 'stock.committed', aggregateId: orderId, version: 2, payload: { orderId } },
  ])
}

/**
 * Puts a basket back, whether it was reserved or already sold, and says `stock.released`. When
 * nothing was reserved yet it leaves a mark, so that a reserve overtaken on its way is refused.
 */
export async function releaseStock(tx: Db, orderId: string): Promise<void> {
  const held = await lockReservation(tx, orderId)
  if (held) await moveStock(tx, release(held))
  await saveReservation(tx, { orderId, lines: held?.lines ?? [], status: 'released' })
  await appendMessages(tx, [
    { name: 'stock.released', aggregateId: orderId, version: 3, payload: { orderId } },
  ])
}
