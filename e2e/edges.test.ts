import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eventually, readEvents } from '#platform/testing.ts'
import { findTool } from '../deploy/host/tools.ts'
import { services } from '../services/catalogue.ts'
import { edgesOf } from '../services/edges.ts'
import { edgesIn, tracesOf } from './jaeger.ts'
import { basket, becomes, GATEWAY, openShop, someone, stockOf } from './people.ts'

const skip = !(await findTool('jaeger')) && 'jaeger is neither on PATH nor built'

const arrow = ({ from, to }: { from: string; to: string }) => `${from} → ${to}`
const edges = edgesOf(services).filter(({ from, to }) => from !== to)
const keys = new Set(edges.filter(({ by }) => by === 'keys').map(arrow))
const declared = new Set(edges.filter(({ by }) => by !== 'keys').map(arrow))

/** Everything a person can do, so that every declared edge is walked at least once. */
async function doEverything(): Promise<void> {
  const shop = await openShop({ stock: 5 })
  const customer = await someone('customer')
  const { body: order } = await customer.call('POST', '/orders', basket(shop))
  await becomes(customer, order.id, 'reserved')
  await customer.call('POST', '/payments', {
    orderId: order.id,
    amount: order.totalAmount,
    method: 'card',
  })
  await becomes(customer, order.id, 'paid')
  await customer.call('POST', `/orders/${order.id}/cancel`)
  const { body: inline } = await customer.call('POST', '/orders', basket(shop, { token: 'tok_ok' }))
  await becomes(customer, inline.id, 'paid')
  // Whoever comes back gets what was missed, which only the write side knows.
  await readEvents(
    `${GATEWAY}/api/v1/orders/${inline.id}/events`,
    { ...customer.headers, 'last-event-id': '1' },
    (events) => events.some(({ event }) => event === 'paid'),
  )
  await stockOf(shop)
  await customer.call('GET', '/orders')
  await customer.call('GET', `/customers/${customer.id}`)
  await customer.call('GET', `/customers/${customer.id}/notifications`)
}

async function walked(): Promise<Set<string>> {
  const traces = await Promise.all(services.map(({ name }) => tracesOf(name, 200)))
  return new Set(traces.flat().flatMap(edgesIn))
}

test('traces show every edge the manifests declare, and no other', { skip }, async () => {
  await doEverything()
  await eventually(async () => {
    const seen = await walked()
    const missing = [...declared].filter((edge) => !seen.has(edge))
    assert.deepEqual(missing, [], 'declared, but never walked')
    return true
  }, 30_000)
  const undeclared = [...(await walked())].filter((edge) => !declared.has(edge) && !keys.has(edge))
  assert.deepEqual(undeclared, [], 'walked, but declared by no manifest')
})
