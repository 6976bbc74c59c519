import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Answer, eventually } from '#platform/testing.ts'
import { services } from '../services/catalogue.ts'
import { chargesSince, ledger } from './ledger.ts'
import { basket, becomes, openShop, someone, stockOf } from './people.ts'
import { crash, pids } from './stack.ts'

const ORDERS = 40
const EVERY_MS = 150

test('PostgreSQL is killed twice under load: no service exits, and every order is paid once', async () => {
  const shop = await openShop({ price: 9.5, stock: 1_000 })
  const customer = await someone('customer')
  const before = await ledger()
  const running = await pids(services.map(({ name }) => name))
  const body = basket(shop, { token: 'tok_ok' })
  const statuses = new Set<number>()
  const place = async (): Promise<string> => {
    const key = { 'idempotency-key': crypto.randomUUID() }
    const placed = await eventually(async () => {
      const answer: Answer = await customer.call('POST', '/orders', body, key)
      statuses.add(answer.status)
      if (answer.status !== 201) throw new Error(`POST /orders: ${answer.text}`)
      return answer
    }, 45_000)
    return placed.body.id
  }
  const placing: Promise<string>[] = []
  for (let i = 0; i < ORDERS; i++) {
    if (i === 10 || i === 25) await crash('postgres')
    placing.push(place())
    await sleep(EVERY_MS)
  }
  const orders = await Promise.all(placing)
  for (const id of orders) await becomes(customer, id, 'paid', 60_000)
  assert.deepEqual(await pids(services.map(({ name }) => name)), running, 'a process has exited')
  assert.deepEqual([...statuses].sort(), [201, 503], 'nothing but 503 while it is gone')
  assert.equal(new Set(orders).size, ORDERS)
  assert.deepEqual(await chargesSince(before), { charges: ORDERS, capturedCents: ORDERS * 950 })
  await eventually(async () => {
    const { available, reserved } = await stockOf(shop)
    return available === 1_000 - ORDERS && reserved === 0
  }, 60_000)
})
