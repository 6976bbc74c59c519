import { runService } from '#platform/run.ts'
import { broker } from '../topology.ts'
import { trackingConsumers } from './consumers.ts'
import { trackingOperations } from './operations.ts'
import { trackingRoutes } from './routes.ts'
import { tracking } from './service.ts'

await runService(tracking, broker, (runtime) => ({
  handlers: [runtime.authenticate, trackingRoutes(runtime)],
  operations: trackingOperations,
  consumers: trackingConsumers(runtime.log),
}))
