import assert from 'node:assert/strict'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { isDeepStrictEqual } from 'node:util'
import { eventually } from '#platform/testing.ts'
import { restartProcess, stopProcess } from '../deploy/host/supervisor.ts'
import { basket, becomes, openShop, type Person, someone, stockOf } from './people.ts'
import { outboxOf, profile, signal } from './stack.ts'

// Stopped, not suspended: what lies in a socket is heard after all.
const EARS = ['tracking', 'notification']
const stop = (names: readonly string[]) =>
  Promise.all(names.map((name) => stopProcess(profile, name)))
const goOn = (names: readonly string[]) =>
  Promise.all(names.map((name) => restartProcess(profile, name)))

/** What its customer finds in the list of orders, and how often each of its events was told. */
async function readSide(customer: Person, id: string) {
  const orders = await customer.call('GET', '/orders')
  const told = await customer.call('GET', `/customers/${customer.id}/notifications?limit=100`)
  return {
    listed: orders.body.items.find((order: { id: string }) => order.id === id)?.status,
    kinds: told.body.items
      .filter(({ orderId }: { orderId?: string }) => orderId === id)
      .map(({ kind }: { kind: string }) => kind)
      .sort(),
  }
}

test('events that a broker had confirmed and lost are said again: the read side misses nothing', async () => {
  const shop = await openShop()
  const customer = await someone('customer')
  await stop(EARS)
  let id: string
  try {
    id = (await customer.call('POST', '/orders', basket(shop))).body.id
    await becomes(customer, id, 'reserved')
    await eventually(async () => (await outboxOf('order')) === 0)
    await stopProcess(profile, 'rabbitmq')
    await rm(join(profile.dir, 'rabbitmq/data'), { recursive: true })
  } finally {
    await goOn(EARS)
  }
  await restartProcess(profile, 'rabbitmq')
  // It waits for its payment: nothing else will be said about it.
  const expected = { listed: 'reserved', kinds: ['order.placed', 'order.reserved'] }
  await eventually(async () => isDeepStrictEqual(await readSide(customer, id), expected), 60_000)
})

test('of restaurants and accounts whose news it lost it is said again what they are, and nobody is welcomed twice', async () => {
  const ears = [...EARS, 'inventory']
  const shop = await openShop()
  const menu = `/restaurants/${shop.restaurantId}/menu`
  const customer = await someone('customer')
  await customer.call('POST', '/orders', basket(shop))
  const named = async () =>
    (await customer.call('GET', '/orders')).body.items[0]?.customerName as string | undefined
  const welcomes = async ({ id, call }: Person) =>
    (await call('GET', `/customers/${id}/notifications?limit=100`)).body.items.filter(
      ({ kind }: { kind: string }) => kind === 'customer.registered',
    ).length
  await eventually(async () => (await named()) === 'Some customer' && (await welcomes(customer)))

  let newcomer: Person
  let itemId: string
  await stop(ears)
  try {
    await customer.call('PUT', `/customers/${customer.id}`, { name: 'Somebody else' })
    newcomer = await someone('customer')
    const dish = { name: 'Risotto', price: 12, stock: 7 }
    itemId = (await shop.owner.call('POST', menu, dish)).body.id
    for (const mouth of ['customer', 'restaurant'])
      await eventually(async () => (await outboxOf(mouth)) === 0)
    await stopProcess(profile, 'rabbitmq')
    await rm(join(profile.dir, 'rabbitmq/data'), { recursive: true })
  } finally {
    await goOn(ears)
  }
  await restartProcess(profile, 'rabbitmq')

  await eventually(async () => (await named()) === 'Somebody else', 60_000)
  await eventually(async () => welcomes(newcomer), 60_000)
  await eventually(async () => (await stockOf({ ...shop, itemId }))?.available === 7, 60_000)
  await eventually(async () => (await outboxOf('customer')) === 0)
  assert.deepEqual([await welcomes(customer), await welcomes(newcomer)], [1, 1])
})

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
