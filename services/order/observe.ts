import type { Pool } from 'pg'
import { metrics } from '#contracts/metrics.ts'
import type { OrderState } from '#contracts/order.ts'
import type { Log } from '#platform/log.ts'
import { counter, gaugeFrom, histogram } from '#platform/metrics.ts'
import type { Saga } from './saga.ts'
import { STEPS } from './saga-steps.ts'
import { type OpenSagas, openSagas } from './store.ts'

const orders = counter(metrics.orders)
const started = counter(metrics.sagasStarted)
const finished = counter(metrics.sagasFinished)
const duration = histogram(metrics.sagaDuration)

// Apart, because only the first kind can be expected to be settled within seconds.
const nameOf = ({ paysLater }: Saga): string => (paysLater ? 'order-paid-later' : 'order')

export function orderPlaced(log: Log, order: OrderState, saga: Saga): void {
  orders.inc({ state: order.status })
  started.inc({ saga: nameOf(saga) })
  log.info({ order_id: order.id, restaurant_id: order.restaurantId }, 'order placed')
}

export function orderChanged(log: Log, before: OrderState, order: OrderState): void {
  if (before.version === order.version) return
  orders.inc({ state: order.status })
  const { id, status, cancelReason, refunded } = order
  log.info({ order_id: id, status, reason: cancelReason, refunded }, `order ${status}`)
}

export function sagaChanged(log: Log, before: Saga, saga: Saga, seconds: number): void {
  if (before.state === saga.state) return
  if (saga.state === 'parked') {
    finished.inc({ saga: nameOf(saga), outcome: 'failed' })
    log.error({ order_id: saga.orderId, from: before.state }, 'saga parked: a human has to decide')
  }
  if (saga.state !== 'completed' && saga.state !== 'cancelled') return
  const outcome = saga.state === 'completed' ? 'completed' : 'compensated'
  finished.inc({ saga: nameOf(saga), outcome })
  duration.observe({ saga: nameOf(saga), outcome }, seconds)
}

const OPEN_STATES: Saga['state'][] = [...STEPS.map(({ name }) => name), 'undoing', 'parked']

export function sagaMoved(log: Log, orderId: string, action: string): void {
  log.warn({ order_id: orderId, action }, 'saga moved by an operator')
}

export function exportSagas(pool: Pool): void {
  // A state without sagas is 0: absent, it could not be told from a figure that is missing.
  const byState = async (read: (open: OpenSagas) => number) => {
    const open = new Map((await openSagas(pool)).map((row) => [row.state, row]))
    return OPEN_STATES.map((state) => {
      const row = open.get(state)
      return { labels: { state }, value: row ? read(row) : 0 }
    })
  }
  gaugeFrom(metrics.sagasInFlight, () => byState(({ sagas }) => sagas))
  gaugeFrom(metrics.sagaOldestAge, () => byState(({ oldest_seconds }) => oldest_seconds))
}
