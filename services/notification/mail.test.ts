import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { type TestContext, test } from 'node:test'
import { metrics } from '#contracts/metrics.ts'
import { registry } from '#platform/metrics.ts'
import { eventually } from '#platform/testing.ts'
import { said, saidNames } from '#platform/testing-hearing.ts'
import { ownRedis, testRedis } from '#platform/testing-redis.ts'
import type { Letter } from './mail.ts'
import { countUnsent, dueMail, failedMail, retryFailed } from './mail-store.ts'
import { order, start } from './testing.ts'

const ADDRESS = 'anna@restofy.test'

/** A post office of ours: it keeps what it takes, and refuses when told to. */
async function withPost(
  t: TestContext,
  options: { followUpAfterMs?: number; redisUrl?: string } = {},
) {
  const letters: Letter[] = []
  const refusals: Error[] = []
  const redis = await testRedis(t, options.redisUrl)
  const service = await start(t, {
    ...options,
    redis,
    send: async (letter) => {
      const refusal = refusals.shift()
      if (refusal) throw refusal
      letters.push(letter)
    },
  })
  const subjects = () => letters.map(({ subject }) => subject)
  const statusOf = async (kind: string) => {
    const { body } = await service.list(order.customerId, 'customer')
    return body.items.find((one: { kind: string }) => one.kind === kind)?.status
  }
  const unsent = () => countUnsent(service.pool)
  return { ...service, redis, letters, refusals, subjects, statusOf, unsent }
}

const refused = (responseCode: number) =>
  Object.assign(new Error(`${responseCode} not for ${ADDRESS}`), { responseCode })

test('a paid order is mailed once, however often and by whomever it is heard', async (t) => {
  const { pool, hearOrder, hearCustomer, work, letters, statusOf, unsent } = await withPost(t)
  await hearCustomer(order.customerId, ADDRESS)
  const id = randomUUID()
  await Promise.all(Array.from({ length: 5 }, () => hearOrder('order.paid', id)))
  assert.equal(await statusOf('order.paid'), 'pending')

  work()
  await eventually(async () => (await unsent()).pending === 0)
  await hearOrder('order.paid', id)

  assert.deepEqual((await saidNames(pool)).sort(), ['notification.sent', 'notification.sent'])
  assert.equal(await statusOf('order.paid'), 'sent')
  const [receipt, ...more] = letters.filter(({ subject }) => subject === 'Your receipt')
  assert.deepEqual(more, [])
  assert.deepEqual(receipt?.to, { name: 'Anna', address: ADDRESS })
  assert.match(receipt!.text, /was paid: 31\.98 EUR/)
  assert.equal(receipt?.messageId, `<${id}@restofy>`)
})

test('what is urgent goes first', async (t) => {
  const { hearOrder, hearCustomer, work, subjects, redis, queueKey } = await withPost(t)
  await hearCustomer(order.customerId, ADDRESS)
  await hearOrder('order.paid')
  await hearOrder('order.cancelled')
  // Queued, all of them, before the first is taken.
  await eventually(async () => (await redis.zcard(queueKey('prioritized'))) === 3)

  work()
  await eventually(async () => subjects().length === 3)

  assert.deepEqual(subjects(), ['Your order was cancelled', 'Your receipt', 'Welcome to Restofy'])
})

test('how it was is asked some time after the delivery, and not shown before', async (t) => {
  // The clock of the tests moves on by a second whenever somebody looks at it.
  const { hearOrder, hearCustomer, work, subjects, list, ...more } = await withPost(t, {
    followUpAfterMs: 6_000,
  })
  await hearCustomer(order.customerId, ADDRESS)
  const id = randomUUID()
  await hearOrder('order.delivered', id)
  const { body } = await list(order.customerId, 'customer')
  const kinds = body.items.map(({ kind }: { kind: string }) => kind)
  assert.deepEqual(kinds.sort(), ['customer.registered', 'order.delivered'])
  await hearOrder('order.delivered', id)
  await eventually(async () => (await more.redis.zcard(more.queueKey('delayed'))) === 1)

  work()
  await eventually(async () => subjects().length === 2, 20_000)
  await eventually(async () => (await more.unsent()).pending === 0)
  assert.deepEqual(subjects(), ['Welcome to Restofy', 'How was your meal?'])
})

test('a mail server that is busy is asked again, with growing pauses', async (t) => {
  const { hearCustomer, work, refusals, subjects, unsent } = await withPost(t)
  refusals.push(refused(450), Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }))
  await hearCustomer(order.customerId, ADDRESS)
  work()
  await eventually(async () => subjects().length === 1)
  await eventually(async () => (await unsent()).pending === 0)
})

test('a mail that nobody takes is given up, said, and sent when somebody asks again', async (t) => {
  const { pool, enqueue, hearOrder, hearCustomer, ...more } = await withPost(t)
  const { work, refusals, subjects, statusOf, unsent } = more
  refusals.push(refused(450), refused(450), refused(450))
  await hearCustomer(order.customerId, ADDRESS)
  work()
  await eventually(async () => (await unsent()).failed === 1)

  assert.equal(await statusOf('customer.registered'), 'failed')
  const [failed] = await failedMail(pool)
  assert.equal(failed?.failure, 'the mail server answered 450')
  const { customerId } = order
  assert.deepEqual(await said(pool), [
    {
      message: 'notification.failed',
      payload: { notificationId: failed?.id, customerId, kind: 'customer.registered' },
    },
  ])

  assert.equal(await retryFailed(pool), 1)
  for (const mail of await dueMail(pool, 0, 10)) await enqueue(mail)
  await eventually(async () => subjects().length === 1)
  await eventually(async () => (await statusOf('customer.registered')) === 'sent')
  await hearOrder('order.placed')
  assert.equal(await statusOf('order.placed'), 'sent', 'read in the app only')
})

test('a permanent refusal is not tried again', async (t) => {
  const { hearCustomer, work, refusals, unsent } = await withPost(t)
  refusals.push(refused(550), refused(550))
  await hearCustomer(order.customerId, ADDRESS)
  work()
  await eventually(async () => (await unsent()).failed === 1)
  assert.equal(refusals.length, 1)
})

test('an address heard of late is written to, an older one is not', async (t) => {
  const { hearCustomer, hearChange, work, letters } = await withPost(t)
  await hearCustomer(order.customerId)
  await hearChange(3, { email: 'new@restofy.test' })
  await hearChange(2, { email: 'old@restofy.test' })
  work()
  await eventually(async () => letters.length === 1)
  assert.equal(letters[0]?.to.address, 'new@restofy.test')
})

test('mail for somebody who has left is dropped, not given up, also what had been given up before', async (t) => {
  const { pool, enqueue, hearChange, hearOrder, ...more } = await withPost(t)
  const { work, refusals, letters, unsent } = more
  const { name } = metrics.mails
  const dropped = async () =>
    (await registry.getSingleMetric(name)!.get()).values.find(
      ({ labels }) => labels.outcome === 'dropped',
    )?.value ?? 0
  const before = await dropped()
  refusals.push(refused(550))
  await hearChange(2, { email: ADDRESS })
  await hearOrder('order.paid')
  work()
  await eventually(async () => (await unsent()).failed === 1)

  await hearChange(3, { deleted: true })
  await hearOrder('order.refunded')
  await retryFailed(pool)
  for (const mail of await dueMail(pool, 0, 10)) await enqueue(mail)

  await eventually(async () => (await dropped()) === before + 2)
  assert.deepEqual([letters, await unsent()], [[], { pending: 0, failed: 0 }])
  assert.deepEqual(await saidNames(pool), ['notification.failed'])
})

test('mail for somebody we have never heard of is given up, until we have', async (t) => {
  const { pool, enqueue, hearChange, hearOrder, work, letters, unsent } = await withPost(t)
  work()
  await hearOrder('order.paid')
  await eventually(async () => (await unsent()).failed === 1)
  assert.deepEqual(
    (await failedMail(pool)).map(({ failure }) => failure),
    ['no address is known'],
  )
  await hearChange(2, { email: ADDRESS })
  await retryFailed(pool)
  for (const mail of await dueMail(pool, 0, 10)) await enqueue(mail)
  await eventually(async () => letters.length === 1)
})

test('without redis messages are kept, and mailed by the sweep when it is back', async (t) => {
  const server = await ownRedis(t)
  const { pool, enqueue, hearCustomer, work, subjects, statusOf, redis } = await withPost(t, {
    redisUrl: server.url,
  })
  work()
  await server.kill()
  await eventually(async () => redis.status !== 'ready')
  await hearCustomer(order.customerId, ADDRESS)
  assert.equal(await statusOf('customer.registered'), 'pending')

  await server.start()
  await eventually(async () => redis.status === 'ready')
  for (const mail of await dueMail(pool, 0, 10)) await enqueue(mail)
  await eventually(async () => subjects().length === 1)
})
