import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { basket, becomes, openShop, someone } from './people.ts'
import { crash, signal } from './stack.ts'

test('orders are accepted while the broker is down, and all are paid once it is back', async () => {
  const shop = await openShop()
  const customer = await someone('customer')
  const body = basket(shop, { token: 'tok_ok' })
  const down = crash('rabbitmq')
  const placed: string[] = []
  for (let i = 0; i < 25; i++) {
    const answer = await customer.call('POST', '/orders', body)
    assert.equal(answer.status, 201, answer.text)
    placed.push(answer.body.id)
    await sleep(100)
  }
  await down
  for (const id of placed) await becomes(customer, id, 'paid', 60_000)
})

test('orders wait for a payment service that hangs, and are paid when it is back', async () => {
  const shop = await openShop()
  const customer = await someone('customer')
  await signal('payment', 'SIGSTOP')
  try {
    const { body } = await customer.call('POST', '/orders', basket(shop, { token: 'tok_ok' }))
    const order = await becomes(customer, body.id, 'reserved')
    await signal('payment', 'SIGCONT')
    await becomes(customer, order.id, 'paid')
  } finally {
    await signal('payment', 'SIGCONT')
  }
})
