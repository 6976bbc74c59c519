import { sleep } from 'k6'
import exec from 'k6/execution'
import { Counter, Rate, Trend } from 'k6/metrics'
import type { Options } from 'k6/options'
import { order } from '../services/order/service.ts'
import { FOLLOW_EVERY, LOAD, SETTLE_WITHIN_SECS } from './shapes.ts'
import {
  openShop,
  type Person,
  paidOrders,
  placeOrder,
  register,
  type Shop,
  statusOf,
} from './shop.ts'
import { loadThresholds } from './thresholds.ts'

const rate = Number(__ENV.RATE || LOAD.rate)
const secs = Number(__ENV.SECS || LOAD.secs)
const CUSTOMERS = 10

export const options: Options = {
  scenarios: {
    dinnerRush: {
      // Open model: diners keep arriving however slow we get.
      executor: 'constant-arrival-rate',
      rate,
      duration: `${secs}s`,
      preAllocatedVUs: Math.ceil(rate * 0.5) + 10,
      maxVUs: rate * 4 + 50,
    },
    // Counts what was settled, once the last order has arrived.
    closing: {
      executor: 'shared-iterations',
      exec: 'closing',
      vus: 1,
      iterations: 1,
      startTime: `${secs}s`,
      maxDuration: '2m',
    },
  },
  thresholds: loadThresholds(order, { rate, secs }),
  summaryTrendStats: ['min', 'med', 'p(95)', 'p(99)', 'max'],
}

const placedToPaid = new Trend('placed_to_paid', true)
const settled = new Rate('orders_settled')
const settledOrders = new Counter('settled_orders')
const settleTime = new Trend('settle_time', true)

type Setup = { shop: Shop; customers: Person[] }

export function setup(): Setup {
  const customers = Array.from({ length: CUSTOMERS }, (_, i) => register('customer', String(i)))
  return { shop: openShop(), customers }
}

export default function ({ shop, customers }: Setup) {
  const turn = exec.scenario.iterationInTest
  const customer = customers[turn % customers.length]!
  const startedAt = Date.now()
  const orderId = placeOrder(shop, customer)
  if (orderId && turn % FOLLOW_EVERY === 0) follow(orderId, customer, startedAt)
}

function follow(orderId: string, customer: Person, startedAt: number): void {
  for (let i = 0; i < 200; i++) {
    if (statusOf(orderId, customer) === 'paid') {
      placedToPaid.add(Date.now() - startedAt)
      return
    }
    sleep(0.1)
  }
}

/** Every order that arrived is paid, and the read side shows it, within the time it is given. */
export function closing({ shop }: Setup) {
  const endedAt = Date.now()
  const expected = rate * secs
  let paid = 0
  while (Date.now() - endedAt < SETTLE_WITHIN_SECS * 1_000) {
    paid = paidOrders(shop)
    if (paid >= expected - 1) break
    sleep(0.1)
  }
  settleTime.add(Date.now() - endedAt)
  settledOrders.add(paid)
  settled.add(paid >= expected - 1)
}
