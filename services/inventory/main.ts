import { runService } from '#platform/run.ts'
import { broker } from '../topology.ts'
import { inventoryConsumers } from './consumers.ts'
import { menuReader } from './fetch-menu.ts'
import { inventoryOperations } from './operations.ts'
import { stockRoutes } from './routes.ts'
import { inventory } from './service.ts'

await runService(inventory, broker, ({ pool, neighbours, authenticate }) => {
  const fetchMenu = menuReader(neighbours.restaurant!)
  return {
    handlers: [authenticate, stockRoutes({ pool, fetchMenu })],
    operations: inventoryOperations,
    consumers: inventoryConsumers({ fetchMenu }),
  }
})
