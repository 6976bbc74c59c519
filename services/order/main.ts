import { runService } from '#platform/run.ts'
import { broker } from '../topology.ts'
import { orderConfig } from './config.ts'
import { orderConsumers } from './consumers.ts'
import { menuReader } from './fetch-menu.ts'
import { watchDeadlines } from './fire-deadlines.ts'
import { exportSagas } from './observe.ts'
import { orderOperations } from './operations.ts'
import { internalRoutes, orderRoutes } from './routes.ts'
import { ordersRpc } from './rpc.ts'
import { sagaRoutes } from './saga-routes.ts'
import { sayAgain } from './say-again.ts'
import { order } from './service.ts'

await runService(order, broker, (runtime) => {
  const { pool, log, rpc, authenticate, neighboursOnly, idempotent, oncePerKey } = runtime
  const deps = {
    pool,
    log,
    now: () => new Date(),
    fetchMenu: menuReader(rpc.restaurant!, log),
    paymentWithinMs: orderConfig().PAYMENT_TIMEOUT_MS,
  }
  exportSagas(pool)
  return {
    handlers: [
      internalRoutes(deps, neighboursOnly),
      sagaRoutes(deps, neighboursOnly),
      authenticate,
      idempotent,
      orderRoutes(deps),
    ],
    rpc: { 'restofy.order.v1.Orders': ordersRpc({ ...deps, oncePerKey }) },
    operations: orderOperations,
    consumers: orderConsumers(deps),
    sayAgain: sayAgain(deps),
    startWork: () => watchDeadlines(deps),
  }
})
