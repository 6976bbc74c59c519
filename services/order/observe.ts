import type { Pool } from 'pg'
import type { OrderState } from '#contracts/order.ts'
import type { Log } from '#platform/log.ts'
import { counter, gaugeFrom, histogram } from '#platform/metrics.ts'
import type { Saga } from './saga.ts'
import { openSagas } from './store.ts'

const orders = counter('restofy_orders_total', 'Orders that reached a status', ['state'])
const started = counter('restofy_saga_started_total', 'Sagas started', ['saga'])
const finished = counter('restofy_saga_finished_total', 'Sagas that ended', ['saga', 'outcome'])
const duration = histogram('restofy_saga_duration_seconds', 'Start of a saga to its end', [
  'saga',
  'outcome',
])

export function orderPlaced(log: Log, order: OrderState): void {
  orders.inc({ state: order.status })
  started.inc({ saga: 'order' })
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
    finished.inc({ saga: 'order', outcome: 'failed' })
    log.error({ order_id: saga.orderId, from: before.state }, 'saga parked: a human has to decide')
  }
  if (saga.state !== 'completed' && saga.state !== 'cancelled') return
  const outcome = saga.state === 'completed' ? 'completed' : 'compensated'
  finished.inc({ saga: 'order', outcome })
  duration.observe({ saga: 'order', outcome }, seconds)
}

export function exportSagas(pool: Pool): void {
  gaugeFrom(
    {
      name: 'restofy_saga_in_flight',
      help: 'Sagas not yet ended, by state',
      labelNames: ['state'],
    },
    async () =>
      (await openSagas(pool)).map(({ state, sagas }) => ({ labels: { state }, value: sagas })),
  )
  gaugeFrom(
    {
      name: 'restofy_saga_oldest_in_flight_age_seconds',
      help: 'Age of the oldest saga not yet ended, by state',
      labelNames: ['state'],
    },
    async () =>
      (await openSagas(pool)).map(({ state, oldest_seconds }) => ({
        labels: { state },
        value: oldest_seconds,
      })),
  )
}
