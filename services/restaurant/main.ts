import { runService } from '#platform/run.ts'
import { broker } from '../topology.ts'
import { restaurantHandlers } from './app.ts'
import { restaurantOperations } from './operations.ts'
import { restaurant } from './service.ts'

await runService(restaurant, broker, (runtime) => ({
  operations: restaurantOperations,
  handlers: restaurantHandlers(runtime),
}))
