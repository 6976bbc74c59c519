import { runService } from '#platform/run.ts'
import { broker } from '../topology.ts'
import { notificationConsumers } from './consumers.ts'
import { notificationOperations } from './operations.ts'
import { notificationRoutes } from './routes.ts'
import { notification } from './service.ts'

await runService(notification, broker, (runtime) => ({
  handlers: [runtime.authenticate, notificationRoutes(runtime)],
  operations: notificationOperations,
  consumers: notificationConsumers({ log: runtime.log, now: () => new Date() }),
}))
