import assert from 'node:assert/strict'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { eventually } from '#platform/testing.ts'
import { restartProcess, stopProcess } from '../deploy/host/supervisor.ts'
import { basket, becomes, openShop, someone } from './people.ts'
import { outboxOf, profile, signal } from './stack.ts'

test('a broker that comes back with nothing loses no order: neither those under way nor new ones', async () => {
  const shop = await openShop()
  const customer = await someone('customer')
  const place = async (): Promise<string> => {
    const { status, body, text } = await customer.call('POST', '/orders', order)
    assert.equal(status, 201, text)
    return body.id
  }
  const order = basket(shop, { token: 'tok_ok' })
  await becomes(customer, await place(), 'paid')

  // Its command is with the broker, and inventory does not take it: it will be gone.
  await signal('inventory', 'SIGSTOP')
  const underWay = await place()
  try {
    await eventually(async () => (await outboxOf('order')) === 0)
    await stopProcess(profile, 'rabbitmq')
    await rm(join(profile.dir, 'rabbitmq/data'), { recursive: true })
  } finally {
    await signal('inventory', 'SIGCONT')
  }
  const meanwhile = await Promise.all(Array.from({ length: 10 }, place))
  await restartProcess(profile, 'rabbitmq')
  for (const id of meanwhile) await becomes(customer, id, 'paid', 60_000)
  // Asked for again when its deadline has passed.
  await becomes(customer, underWay, 'paid', 60_000)
})
