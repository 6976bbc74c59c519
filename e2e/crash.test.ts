import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Answer, eventually } from '#platform/testing.ts'
import { services } from '../services/catalogue.ts'
import { chargesSince, ledger } from './ledger.ts'
import { basket, openShop, type Person, type Shop, someone, stockOf } from './people.ts'
import { crash } from './stack.ts'

const ORDERS = 50
const EVERY_MS = 200

for (const { name } of services) {
  test(`kill -9 of ${name} during ${ORDERS} orders loses, doubles and strands nothing`, async () => {
    const shop = await openShop({ price: 9.5, stock: 1_000 })
    const customer = await someone('customer')
    const before = await ledger()
    const placing = placeOrders(customer, shop)
    await sleep(EVERY_MS * 10)
    await crash(name)
    const orders = await placing
    const ended = await Promise.all(orders.map((id) => terminal(customer, id)))
    assert.deepEqual(new Set(ended), new Set(['paid']), `of ${orders.length} orders`)
    assert.equal(new Set(orders).size, ORDERS)
    assert.deepEqual(await chargesSince(before), { charges: ORDERS, capturedCents: ORDERS * 950 })
    await eventually(async () => {
      const { available, reserved } = await stockOf(shop)
      return available === 1_000 - ORDERS && reserved === 0
    }, 60_000)
  })
}

/** Constant arrivals. A caller that hears nothing, or 503, repeats under the same key, as a browser would. */
async function placeOrders(customer: Person, shop: Shop): Promise<string[]> {
  const placed: Promise<string>[] = []
  for (let i = 0; i < ORDERS; i++) {
    placed.push(placeOnce(customer, shop))
    await sleep(EVERY_MS)
  }
  return Promise.all(placed)
}

async function placeOnce(customer: Person, shop: Shop): Promise<string> {
  const key = { 'idempotency-key': crypto.randomUUID() }
  const body = basket(shop, { token: 'tok_ok' })
  const { body: order } = await eventually(async () => {
    const answer: Answer = await customer.call('POST', '/orders', body, key)
    if (answer.status !== 201) throw new Error(`POST /orders: ${answer.text}`)
    return answer
  }, 45_000)
  return order.id
}

const terminal = (customer: Person, id: string): Promise<string> =>
  eventually(async () => {
    const { body } = await customer.call('GET', `/orders/${id}`)
    if (!['paid', 'cancelled'].includes(body?.status)) throw new Error(`${id} is ${body?.status}`)
    return body.status
  }, 60_000)
