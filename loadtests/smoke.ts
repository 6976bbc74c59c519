import { check, sleep } from 'k6'
import type { Options } from 'k6/options'
import { SMOKE_JOURNEYS } from './shapes.ts'
import {
  openShop,
  type Person,
  paidOrders,
  placeOrder,
  register,
  type Shop,
  statusOf,
} from './shop.ts'
import { smokeThresholds } from './thresholds.ts'

export const options: Options = {
  scenarios: {
    journeys: { executor: 'shared-iterations', vus: 1, iterations: SMOKE_JOURNEYS },
  },
  thresholds: smokeThresholds(SMOKE_JOURNEYS),
}

type Setup = { shop: Shop; customer: Person }

export const setup = (): Setup => ({ shop: openShop(), customer: register('customer', 'smoke') })

/** One journey: order, watch it become paid, see it in the restaurant's list. */
export default function ({ shop, customer }: Setup) {
  const before = paidOrders(shop)
  const orderId = placeOrder(shop, customer)
  const paid = orderId !== undefined && until(() => statusOf(orderId, customer) === 'paid')
  check(paid, { 'order paid': (yes) => yes })
  check(
    until(() => paidOrders(shop) > before),
    { 'restaurant sees it': (yes) => yes },
  )
}

function until(done: () => boolean): boolean {
  for (let i = 0; i < 100; i++) {
    if (done()) return true
    sleep(0.1)
  }
  return false
}
