import type { Consumers, Once } from '#platform/broker/consumer.ts'
import { inTurn } from '#platform/broker/in-turn.ts'
import type { Tx } from '#platform/sql.ts'
import { type ReserveDeps, reserveStock } from './reserve-stock.ts'
import { commitStock, releaseStock } from './settle-stock.ts'
import { saveMenu } from './store.ts'

export function inventoryConsumers(deps: ReserveDeps): Consumers {
  const turns = inTurn()
  // Messages that share a transaction pass each other's row locks: two baskets would see the same last item.
  const alone = (once: Once, work: (tx: Tx) => Promise<void>) =>
    once((tx) => turns('stock', () => work(tx)))
  return {
    'inventory.commands': {
      'stock.reserve': ({ payload }, once) => alone(once, (tx) => reserveStock(deps, tx, payload)),
      'stock.commit': ({ payload }, once) => alone(once, (tx) => commitStock(tx, payload.orderId)),
      'stock.release': ({ payload }, once) =>
        alone(once, (tx) => releaseStock(tx, payload.orderId)),
    },
    'inventory.menus': {
      'menu.changed': ({ payload }, once) => alone(once, (tx) => saveMenu(tx, payload)),
    },
  }
}
