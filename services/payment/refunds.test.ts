import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { type TestContext, test } from 'node:test'
import type { Role } from '#platform/auth.ts'
import { httpApp } from '#platform/http/app.ts'
import { idempotent } from '#platform/idempotency.ts'
import { request, serve, silentLog, testTokens } from '#platform/testing.ts'
import { resolvePending } from './resolve-pending.ts'
import { paymentRoutes } from './routes.ts'
import { aCharge, startAcquirer, start as startPayment } from './testing.ts'

const acquirer = await startAcquirer()

/** A captured payment of 31.98, and an admin. */
async function start(t: TestContext) {
  const service = await startPayment(t, acquirer.origin)
  const { authenticate, as } = await testTokens()
  const serving = (deps: typeof service.deps) => {
    const repeats = idempotent(service.pool, silentLog, 'test')
    return serve(t, httpApp(silentLog, [authenticate, repeats, paymentRoutes(deps)]))
  }
  const url = await serving(service.deps)
  const id = randomUUID()
  const command = aCharge()
  await service.charge(command, id)
  const admin = await as({ id: randomUUID(), role: 'admin' })
  const refund = (amount: number, more: { key?: string; at?: string; payment?: string } = {}) =>
    request(`${more.at ?? url}/payments/${more.payment ?? id}/refunds`, {
      body: { amount, reason: 'cold pizza' },
      headers: { ...admin, ...(more.key && { 'idempotency-key': more.key }) },
    })
  return {
    ...{ ...service, id, orderId: command.orderId, url, refund },
    cutOffUrl: () => serving(service.cutOffDeps),
    payment: async () => (await request(`${url}/payments/${id}`, { headers: admin })).body,
    returned: async (): Promise<number> => (await acquirer.chargeOf(id)).refundedCents,
    asRole: async (role: Role) => ({ headers: await as({ id: command.customerId, role }) }),
  }
}

test('an admin gives part of a payment back, then the rest, and the world hears of both', async (t) => {
  const { refund, payment, returned, said, orderId, id } = await start(t)
  const { status, body } = await refund(10)
  assert.equal(status, 201)
  assert.deepEqual(body, {
    ...{ id: body.id, paymentId: id, amount: 10, currency: 'EUR' },
    ...{ reason: 'cold pizza', status: 'done', createdAt: body.createdAt },
  })
  assert.deepEqual([(await payment()).status, (await payment()).refundedAmount], ['captured', 10])
  assert.equal((await refund(21.98)).status, 201)
  assert.deepEqual(
    [(await payment()).status, (await payment()).refundedAmount],
    ['refunded', 31.98],
  )
  assert.equal(await returned(), 3_198)
  const [, first, second] = await said()
  const payload = { orderId, amountCents: 1_000, currency: 'EUR', refundId: body.id }
  assert.deepEqual(first, { message: 'payment.refunded', payload })
  assert.equal((second!.payload as { amountCents: number }).amountCents, 2_198)
})

test('more than is left cannot go back, nor anything that was not captured', async (t) => {
  const { refund, charge, returned, said } = await start(t)
  const codeOf = async (...args: Parameters<typeof refund>) => {
    const { status, body } = await refund(...args)
    return `${status} ${body.code}`
  }
  assert.equal(await codeOf(31.99), '422 refund-too-large')
  await refund(30)
  assert.equal(await codeOf(1.99), '422 refund-too-large')
  assert.equal((await refund(1.98)).status, 201)
  assert.equal(await codeOf(0.01), '409 not-refundable')
  const declined = randomUUID()
  await charge(aCharge('tok_declined'), declined)
  assert.equal(await codeOf(1, { payment: declined }), '409 not-refundable')
  assert.equal(await codeOf(1, { payment: randomUUID() }), '404 payment-not-found')
  assert.equal(await codeOf(1, { payment: 'x' }), '404 payment-not-found')
  for (const amount of [0, -1, 1.001]) assert.equal(await codeOf(amount), '400 invalid-request')
  assert.equal(await returned(), 3_198)
  assert.equal((await said()).filter(({ message }) => message === 'payment.refunded').length, 2)
})

test('ten refunds at once never return more than was captured', async (t) => {
  const { refund, returned } = await start(t)
  const answers = await Promise.all(Array.from({ length: 10 }, () => refund(10)))
  assert.equal(answers.filter(({ status }) => status === 201).length, 3)
  assert.equal(await returned(), 3_000)
})

test('a repeat under one key returns it once', async (t) => {
  const { refund, returned } = await start(t)
  const key = randomUUID()
  const first = await refund(10, { key })
  assert.equal((await refund(10, { key })).text, first.text)
  assert.equal(await returned(), 1_000)
})

test('while the network is out of reach a refund is pending, and finished in the background', async (t) => {
  const { refund, cutOffUrl, returned, deps, clock, said } = await start(t)
  const { status, body } = await refund(10, { at: await cutOffUrl() })
  assert.deepEqual([status, body.status], [201, 'pending'])
  assert.equal((await refund(25)).body.code, 'refund-too-large', 'it is promised already')
  assert.equal(await returned(), 0)
  clock.ahead = 60_000
  assert.equal(await resolvePending(deps), 1)
  assert.equal(await resolvePending(deps), 0)
  assert.equal(await returned(), 1_000)
  assert.equal((await said()).length, 2)
})

test('cancelling the order returns what is left, and then nothing goes back by hand', async (t) => {
  const { refund, refundOrder, returned, orderId, said, payment } = await start(t)
  await refund(10)
  await refundOrder(orderId)
  await refundOrder(orderId)
  assert.equal(await returned(), 3_198)
  const amounts = (await said()).slice(1).map(({ payload }) => payload as { amountCents: number })
  assert.deepEqual(
    amounts.map(({ amountCents }) => amountCents),
    [1_000, 2_198, 2_198],
  )
  assert.equal((await refund(1)).body.code, 'not-refundable')
  assert.equal((await payment()).refundedAmount, 31.98)
})

test('an order cancelled without a payment takes no refund by hand', async (t) => {
  const { refund, orderId, pool } = await start(t)
  // The moment between the order's cancelling and its refund.
  await pool.query('insert into voided_orders (order_id) values ($1)', [orderId])
  assert.deepEqual((await refund(1)).body.code, 'not-refundable')
})

test('only admins give money back', async (t) => {
  const { url, id, asRole } = await start(t)
  const body = { amount: 1, reason: 'because' }
  for (const role of ['customer', 'restaurant'] as const) {
    const { headers } = await asRole(role)
    const { status } = await request(`${url}/payments/${id}/refunds`, { body, headers })
    assert.equal(status, 403)
  }
  assert.equal((await request(`${url}/payments/${id}/refunds`, { body })).status, 401)
})
