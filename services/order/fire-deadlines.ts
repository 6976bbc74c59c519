import { every } from '#platform/every.ts'
import { failpoint } from '#platform/failpoint.ts'
import { inTransaction } from '#platform/sql.ts'
import { resume } from '#platform/trace-context.ts'
import { driveSaga } from './drive-saga.ts'
import type { OrderDeps } from './place-order.ts'
import { lockDueSaga, lockOrder } from './store.ts'

const LOOK_EVERY_MS = 500

/**
 * Fires every deadline that has passed. They live in the saga's row, so they survive restarts, and
 * the row's lock lets each fire once however many workers look.
 */
export async function fireDeadlines(deps: Omit<OrderDeps, 'fetchMenu'>): Promise<number> {
  for (let fired = 0; ; fired++) {
    const found = await inTransaction(deps.pool, async (tx) => {
      const orderId = await lockDueSaga(tx, deps.now())
      if (!orderId) return false
      const { carried } = (await lockOrder(tx, orderId))!
      await failpoint('C15')
      await resume(carried, () => driveSaga(deps, tx, orderId, { name: 'deadline' }))
      return true
    })
    if (!found) return fired
  }
}

export const watchDeadlines = (deps: Omit<OrderDeps, 'fetchMenu'>) =>
  every(LOOK_EVERY_MS, deps.log, () => fireDeadlines(deps))
