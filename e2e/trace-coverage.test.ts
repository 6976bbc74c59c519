import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { eventually } from '#platform/testing.ts'
import { findTool } from '../deploy/host/tools.ts'
import { servicesIn, traceOf } from './jaeger.ts'
import { basket, openShop, type Person, type Shop, someone } from './people.ts'

const ORDERS = 1_000
const PER_SECOND = 25
const WHOLE = ['gateway', 'order', 'inventory', 'payment', 'tracking', 'notification']

const skip = !(await findTool('jaeger')) && 'jaeger is neither on PATH nor built'

test(`at least 99.9 % of ${ORDERS} orders have one trace from gateway to notification`, {
  skip,
}, async () => {
  const shop = await openShop()
  const customer = await someone('customer')
  const traceIds = await placeOrders(customer, shop)
  const missing = new Set(traceIds)
  await eventually(async () => {
    for (const id of missing) if (await isWhole(id)) missing.delete(id)
    return missing.size <= ORDERS / 1_000
  }, 60_000)
  assert.ok(missing.size <= ORDERS / 1_000, `${missing.size} of ${ORDERS} traces are not whole`)
})

async function isWhole(traceId: string): Promise<boolean> {
  const trace = await traceOf(traceId)
  if (!trace) return false
  const seen = servicesIn(trace)
  return WHOLE.every((name) => seen.has(name))
}

/** Constant arrivals, each order in a trace of its own. */
async function placeOrders(customer: Person, shop: Shop): Promise<string[]> {
  const body = basket(shop, { token: 'tok_ok' })
  const placed: Promise<string>[] = []
  for (let i = 0; i < ORDERS; i++) {
    placed.push(place(customer, body))
    await sleep(1_000 / PER_SECOND)
  }
  return Promise.all(placed)
}

async function place(customer: Person, body: object): Promise<string> {
  const traceId = crypto.randomUUID().replaceAll('-', '')
  const { status, text } = await customer.call('POST', '/orders', body, {
    traceparent: `00-${traceId}-00f067aa0ba902b7-01`,
  })
  assert.equal(status, 201, text)
  return traceId
}
