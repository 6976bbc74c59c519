import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { SagaMessage } from './saga.ts'
import { begin, PAYMENT, step, type World } from './saga-testing.ts'

const run = (world: World, ...names: SagaMessage['name'][]): World =>
  names.reduce(
    (current, name) =>
      step(
        current,
        name === 'cancel'
          ? { name, reason: 'customer-request' }
          : ({ name, amountCents: 3198 } as SagaMessage),
      ),
    world,
  )

const summary = ({ saga, order }: World) => ({
  saga: saga.state,
  order: order.status,
  reason: order.cancelReason,
  refunded: order.refunded,
})

test('an order with its payment is reserved, charged and committed', () => {
  const world = run(begin(PAYMENT), 'stock.reserved', 'payment.captured', 'stock.committed')
  assert.deepEqual(summary(world), {
    saga: 'completed',
    order: 'paid',
    reason: undefined,
    refunded: undefined,
  })
  assert.deepEqual(world.commands, ['stock.reserve', 'payment.charge', 'stock.commit'])
})

test('an order without a payment waits for one and sends no charge', () => {
  const waiting = run(begin(), 'stock.reserved')
  assert.equal(waiting.saga.state, 'process-payment')
  assert.equal(waiting.saga.deadlineAt?.getTime(), 900_000)
  const paid = run(waiting, 'payment.captured', 'stock.committed')
  assert.equal(paid.order.status, 'paid')
  assert.deepEqual(paid.commands, ['stock.reserve', 'stock.commit'])
})

test('money that comes before the stock is not lost', () => {
  const world = run(begin(), 'payment.captured', 'stock.reserved', 'stock.committed')
  assert.equal(world.saga.state, 'completed')
  assert.equal(world.order.status, 'paid')
  assert.equal(world.order.version, 3)
})

test('an empty shelf cancels the order and gives early money back', () => {
  const late = run(begin(PAYMENT), 'stock.rejected')
  assert.deepEqual(summary(late), {
    saga: 'cancelled',
    order: 'cancelled',
    reason: 'out-of-stock',
    refunded: undefined,
  })
  const early = run(begin(), 'payment.captured', 'stock.rejected', 'payment.refunded')
  assert.deepEqual(summary(early), {
    saga: 'cancelled',
    order: 'cancelled',
    reason: 'out-of-stock',
    refunded: true,
  })
})

test('a declined card cancels the order and releases its stock, without a refund', () => {
  const world = run(begin(PAYMENT), 'stock.reserved', 'payment.declined', 'stock.released')
  assert.deepEqual(summary(world), {
    saga: 'cancelled',
    order: 'cancelled',
    reason: 'payment-declined',
    refunded: undefined,
  })
  assert.deepEqual(world.commands, ['stock.reserve', 'payment.charge', 'stock.release'])
})

test('nobody pays: the order is cancelled at its deadline and its stock released', () => {
  const world = run(begin(), 'stock.reserved', 'deadline')
  assert.equal(world.order.cancelReason, 'payment-timeout')
  assert.ok(world.commands.includes('stock.release'))
})

test('a paid order that is cancelled is refunded and its stock restored', () => {
  const paid = run(begin(PAYMENT), 'stock.reserved', 'payment.captured', 'stock.committed')
  const world = run(paid, 'cancel', 'stock.released', 'payment.refunded')
  assert.deepEqual(summary(world), {
    saga: 'cancelled',
    order: 'cancelled',
    reason: 'customer-request',
    refunded: true,
  })
})

test('a capture that comes after the cancellation is refunded', () => {
  const cancelled = run(begin(), 'cancel', 'stock.released')
  assert.equal(cancelled.saga.state, 'cancelled')
  const late = run(cancelled, 'payment.captured')
  assert.equal(late.commands.at(-1), 'payment.refund')
  assert.equal(run(late, 'payment.refunded').order.refunded, true)
})

test('money an admin gives back is the order’s, and answers no command', () => {
  const paid = run(begin(PAYMENT), 'stock.reserved', 'payment.captured', 'stock.committed')
  const byHand = { name: 'payment.refunded', amountCents: 1_000, refundId: 'r1' } as const
  const part = step(paid, byHand)
  assert.deepEqual([part.order.refundedCents, part.order.refunded], [1_000, undefined])
  const cancelling = step(step(part, { name: 'cancel', reason: 'rejected' }), byHand)
  assert.deepEqual(cancelling.saga.undoing, ['payment.refund', 'stock.release'])
  const rest = { name: 'payment.refunded', amountCents: 1_198 } as const
  const { order, saga } = run(step(cancelling, rest), 'stock.released')
  assert.deepEqual([order.refundedCents, order.refunded, saga.state], [3_198, true, 'cancelled'])
  assert.equal(step({ ...paid, order }, byHand).order, order, 'never more than the total')
})

test('a step without a reply is asked for again, and given up after its attempts', () => {
  let world = begin(PAYMENT)
  for (let attempt = 1; attempt < 10; attempt++) {
    world = run(world, 'deadline')
    assert.equal(world.saga.attempt, attempt + 1)
  }
  assert.equal(world.commands.filter((name) => name === 'stock.reserve').length, 10)
  assert.equal(run(world, 'deadline').order.status, 'cancelled')
})

test('stock that can never be committed parks the saga, and the order stays paid', () => {
  let world = run(begin(PAYMENT), 'stock.reserved', 'payment.captured')
  for (let attempt = 1; attempt <= 20; attempt++) world = run(world, 'deadline')
  assert.deepEqual(summary(world), {
    saga: 'parked',
    order: 'paid',
    reason: undefined,
    refunded: undefined,
  })
})

test('the card token is forgotten once the outcome is known', () => {
  const paid = run(begin(PAYMENT), 'stock.reserved', 'payment.captured')
  const declined = run(begin(PAYMENT), 'stock.reserved', 'payment.declined')
  assert.equal(paid.saga.payment, undefined)
  assert.equal(declined.saga.payment, undefined)
})
