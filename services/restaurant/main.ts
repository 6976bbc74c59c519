import { runService } from '#platform/run.ts'
import { broker } from '../topology.ts'
import { restaurantHandlers } from './app.ts'
import { restaurantConsumers } from './consumers.ts'
import { restaurantOperations } from './operations.ts'
import { menuRpc } from './rpc.ts'
import { sayAgain } from './say-again.ts'
import { restaurant } from './service.ts'
import { cachedViews } from './views.ts'

await runService(restaurant, broker, (runtime) => {
  const views = cachedViews(runtime)
  return {
    operations: restaurantOperations,
    handlers: restaurantHandlers({ ...runtime, views }),
    rpc: { 'restofy.menu.v1.Menu': menuRpc(views) },
    sayAgain: sayAgain(runtime),
    consumers: restaurantConsumers(views),
  }
})
