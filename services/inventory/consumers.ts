import type { Consumers } from '#platform/broker/consumer.ts'
import { type ReserveDeps, reserveStock } from './reserve-stock.ts'
import { commitStock, releaseStock } from './settle-stock.ts'
import { saveMenu } from './store.ts'

export const inventoryConsumers = (deps: ReserveDeps): Consumers => ({
  'inventory.commands': {
    'stock.reserve': ({ payload }, once) => once((tx) => reserveStock(deps, tx, payload)),
    'stock.commit': ({ payload }, once) => once((tx) => commitStock(tx, payload.orderId)),
    'stock.release': ({ payload }, once) => once((tx) => releaseStock(tx, payload.orderId)),
  },
  'inventory.menus': {
    'menu.changed': ({ payload }, once) => once((tx) => saveMenu(tx, payload)),
  },
})
