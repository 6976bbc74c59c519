import { runService } from '#platform/run.ts'
import { broker } from '../topology.ts'
import { trackingConsumers } from './consumers.ts'
import { trackingRoutes } from './routes.ts'
import { tracking } from './service.ts'

await runService(tracking, broker, (runtime) => ({
  handlers: [runtime.authenticate, trackingRoutes(runtime)],
  consumers: trackingConsumers(runtime.log),
}))
