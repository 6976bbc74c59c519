import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { chargeOrder } from './charge-order.ts'
import { resolvePending } from './resolve-pending.ts'
import { aCharge, start, startAcquirer } from './testing.ts'

const acquirer = await startAcquirer()

const names = (messages: { message: string }[]) => messages.map(({ message }) => message)

test('a good card is charged, and the world hears how much', async (t) => {
  const { charge, said, payments } = await start(t, acquirer.origin)
  const command = aCharge()
  const id = randomUUID()
  await charge(command, id)
  const { orderId, amountCents, currency } = command
  assert.deepEqual(await said(), [
    { message: 'payment.captured', payload: { orderId, paymentId: id, amountCents, currency } },
  ])
  const { status, amountCents: taken } = await acquirer.chargeOf(id)
  assert.deepEqual([status, taken], ['captured', 3_198])
  const [payment] = await payments()
  assert.equal(payment.token, null, 'the card token is kept no longer than it is needed')
})

for (const [token, why] of [
  ['tok_declined', 'a declined card'],
  ['tok_never_issued', 'a card the network does not know'],
] as const) {
  test(`${why} is reported as declined, and no money moves`, async (t) => {
    const { charge, said } = await start(t, acquirer.origin)
    const command = aCharge(token)
    const id = randomUUID()
    await charge(command, id)
    const { orderId } = command
    assert.deepEqual(await said(), [
      { message: 'payment.declined', payload: { orderId, paymentId: id } },
    ])
    assert.notEqual((await acquirer.chargeOf(id))?.status, 'captured')
  })
}

test('a command delivered twice, or sent twice, charges once', async (t) => {
  const { charge, said, payments } = await start(t, acquirer.origin)
  const command = aCharge()
  const id = randomUUID()
  await Promise.all([charge(command, id), charge(command, id)])
  assert.deepEqual(names(await said()), ['payment.captured'])
  const again = randomUUID()
  await charge(command, again)
  const [first, second] = await said()
  assert.deepEqual(second, first, 'the answer is repeated')
  assert.equal((await payments()).length, 1)
  assert.equal(await acquirer.chargeOf(again), undefined)
})

test('a network that fails twice charges once', async (t) => {
  const { charge, said } = await start(t, acquirer.origin)
  const id = randomUUID()
  await charge(aCharge('tok_flaky'), id)
  assert.deepEqual(names(await said()), ['payment.captured'])
  assert.equal((await acquirer.chargeOf(id)).status, 'captured')
})

test('while the network is out of reach the payment is pending; the next try charges it once', async (t) => {
  const { charge, cutOff, said, payments } = await start(t, acquirer.origin)
  const command = aCharge()
  const id = randomUUID()
  await assert.rejects(cutOff.charge(command, id), { status: 503 })
  assert.deepEqual(await said(), [])
  assert.equal((await payments())[0].status, 'pending')
  await charge(command, id)
  assert.deepEqual(names(await said()), ['payment.captured'])
  assert.equal((await payments()).length, 1)
})

test('a crash between the charge and its record charges nothing twice', async (t) => {
  const { deps, charge, said } = await start(t, acquirer.origin)
  const command = aCharge()
  const id = randomUUID()
  const message = { id, payload: command, aggregateId: command.orderId, version: 1, attempt: 0 }
  const crash = async () => {
    throw new Error('killed')
  }
  await assert.rejects(chargeOrder(deps, { ...message, name: 'payment.charge' }, crash), /killed/)
  const { id: chargeId } = await acquirer.chargeOf(id)
  await charge(command, id)
  assert.deepEqual(names(await said()), ['payment.captured'])
  assert.equal((await acquirer.chargeOf(id)).id, chargeId)
})

test('a payment nobody came back for is settled in the background, after a while', async (t) => {
  const { deps, cutOff, clock, said } = await start(t, acquirer.origin)
  const id = randomUUID()
  await assert.rejects(cutOff.charge(aCharge(), id), { status: 503 })
  assert.equal(await resolvePending(deps), 0, 'its own request may still be running')
  clock.ahead = 60_000
  assert.equal(await resolvePending(deps), 1)
  assert.equal(await resolvePending(deps), 0)
  assert.deepEqual(names(await said()), ['payment.captured'])
})

test('a captured payment goes back once, however often it is asked for', async (t) => {
  const { charge, refund, said } = await start(t, acquirer.origin)
  const command = aCharge()
  const id = randomUUID()
  await charge(command, id)
  await refund(command.orderId)
  await refund(command.orderId)
  const { orderId, amountCents, currency } = command
  const back = { message: 'payment.refunded', payload: { orderId, amountCents, currency } }
  assert.deepEqual((await said()).slice(1), [back, back])
  assert.equal((await acquirer.chargeOf(id)).refundedCents, 3_198)
})

test('a refund that overtakes its charge leaves nothing to charge', async (t) => {
  const { charge, refund, said, payments } = await start(t, acquirer.origin)
  const command = aCharge()
  const id = randomUUID()
  await refund(command.orderId)
  await charge(command, id)
  const { orderId } = command
  assert.deepEqual(await said(), [
    { message: 'payment.refunded', payload: { orderId, amountCents: 0, currency: 'EUR' } },
  ])
  assert.deepEqual(await payments(), [])
  assert.equal(await acquirer.chargeOf(id), undefined)
})

test('a refund of a payment in doubt waits until it is known, then gives it back', async (t) => {
  const { cutOff, refund, said } = await start(t, acquirer.origin)
  const command = aCharge()
  const id = randomUUID()
  await assert.rejects(cutOff.charge(command, id), { status: 503 })
  await assert.rejects(cutOff.refund(command.orderId), { status: 503 })
  assert.deepEqual(await said(), [])
  await refund(command.orderId)
  assert.deepEqual(names(await said()), ['payment.captured', 'payment.refunded'])
  assert.equal((await acquirer.chargeOf(id)).refundedCents, 3_198)
})

test('charge and refund of one order that meet leave no money taken', async (t) => {
  const { charge, refund, payments } = await start(t, acquirer.origin)
  const commands = Array.from({ length: 10 }, () => aCharge())
  await Promise.all(commands.flatMap((command) => [charge(command), refund(command.orderId)]))
  for (const payment of await payments()) {
    assert.equal(payment.status, 'refunded')
    assert.equal((await acquirer.chargeOf(payment.id)).refundedCents, payment.amount_cents)
  }
})
