import { runService } from '#platform/run.ts'
import { broker } from '../topology.ts'
import { cardNetwork } from './card-network.ts'
import { paymentConsumers } from './consumers.ts'
import { orderReader } from './fetch-order.ts'
import { paymentOperations } from './operations.ts'
import { watchPending } from './resolve-pending.ts'
import { paymentRoutes } from './routes.ts'
import { payment } from './service.ts'

await runService(payment, broker, ({ pool, log, neighbours, authenticate, idempotent }) => {
  const deps = {
    pool,
    log,
    now: () => new Date(),
    network: cardNetwork(neighbours.acquirer!),
    fetchOrder: orderReader(neighbours.order!),
  }
  return {
    handlers: [authenticate, idempotent, paymentRoutes(deps)],
    operations: paymentOperations,
    consumers: paymentConsumers(deps),
    startWork: () => watchPending(deps),
  }
})
