import { runService } from '#platform/run.ts'
import { broker } from '../topology.ts'
import { trackingConsumers } from './consumers.ts'
import { cachedLists } from './lists.ts'
import { exportParked } from './observe.ts'
import { trackingOperations } from './operations.ts'
import { trackingRoutes } from './routes.ts'
import { trackingRpc } from './rpc.ts'
import { tracking } from './service.ts'
import { watchers } from './watchers.ts'

await runService(tracking, broker, (runtime) => {
  const { pool, log, rpc, closings } = runtime
  const watching = watchers(pool, log)
  closings.push(watching.stop)
  exportParked(pool)
  const lists = cachedLists(runtime)
  return {
    handlers: [runtime.authenticate, trackingRoutes({ pool, lists })],
    operations: trackingOperations,
    rpc: {
      'restofy.tracking.v1.Tracking': trackingRpc({
        ...{ pool, log, order: rpc.order!, watchers: watching },
      }),
    },
    consumers: trackingConsumers({ pool, log, lists, tell: watching.tell }),
  }
})
