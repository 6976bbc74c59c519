import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { OrderState } from '#contracts/order.ts'
import { Problem } from '#platform/problem.ts'
import { next, type Outcome, type Saga, type SagaMessage } from './saga.ts'
import { placedOrder } from './testing.ts'

const at = new Date(0)
const PAYMENT = { method: 'card', token: 'tok_ok' }

type World = { saga: Saga; order: OrderState; commands: string[] }

function begin(payment?: Saga['payment']): World {
  const order = placedOrder()
  const saga: Saga = { orderId: order.id, state: 'reserve-stock', payment, undoing: [], attempt: 0 }
  return step({ saga, order, commands: [] }, { name: 'start' })
}

function step(world: World, message: SagaMessage): World {
  const outcome: Outcome = next({ ...world, at, paymentWithinMs: 900_000 }, message)
  return {
    saga: outcome.saga,
    order: outcome.order,
    commands: [...world.commands, ...outcome.commands],
  }
}

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

// Below: the neighbours as they really behave. Each command leads to one of its replies; replies come
// in any order, each may come twice, and the customer may cancel or pay by hand at any moment.
const REPLIES: Record<string, string[]> = {
  'stock.reserve': ['stock.reserved', 'stock.rejected'],
  'payment.charge': ['payment.captured', 'payment.declined'],
  'stock.commit': ['stock.committed'],
  'stock.release': ['stock.released'],
  'payment.refund': ['payment.refunded'],
}

type Scene = {
  world: World
  /** Replies under way. */
  mail: readonly string[]
  /** What may still happen by itself: 'cancel', 'pay', 'duplicate'. */
  wishes: readonly string[]
  captured: boolean
}

function choicesOf({ world, mail, wishes }: Scene): Scene['mail'] {
  const own = wishes.filter((wish) => wish !== 'duplicate')
  // Deadlines are far longer than replies take: they matter only when nothing is under way.
  const silence = mail.length === 0 && world.saga.deadlineAt ? ['deadline'] : []
  return [...new Set(mail), ...own, ...silence]
}

function follow(scene: Scene, choice: string): Scene[] {
  const [name, amount] = choice.split(':') as [SagaMessage['name'] | 'pay', string?]
  const message = {
    name: name === 'pay' ? 'payment.captured' : name,
    amountCents: Number(amount ?? 3198),
    reason: 'customer-request',
  } as SagaMessage
  let world: World
  try {
    world = step({ ...scene.world, commands: [] }, message)
  } catch (error) {
    assert.ok(error instanceof Problem && error.code === 'illegal-step' && name === 'cancel')
    return []
  }
  const voided = world.commands.includes('payment.refund')
  const wishes = scene.wishes.filter((wish) => wish !== choice && !(voided && wish === 'pay'))
  const index = scene.mail.indexOf(choice)
  const rest = index < 0 ? scene.mail : scene.mail.toSpliced(index, 1)
  const captured = scene.captured || name === 'pay'
  const once = answersTo(world.commands, captured).map((answers) => ({
    world,
    mail: [...rest, ...answers],
    wishes,
    // The money moves when the neighbour answers, not when we read it.
    captured: captured || answers.includes('payment.captured'),
  }))
  if (index < 0 || !wishes.includes('duplicate')) return once
  const fewer = wishes.filter((wish) => wish !== 'duplicate')
  return [
    ...once,
    ...once.map((scene) => ({ ...scene, mail: [...scene.mail, choice], wishes: fewer })),
  ]
}

function answersTo(commands: readonly string[], captured: boolean): string[][] {
  const replies = (command: string) =>
    REPLIES[command]!.map((reply) =>
      reply === 'payment.refunded' && !captured ? `${reply}:0` : reply,
    )
  return commands.reduce<string[][]>(
    (all, command) => all.flatMap((some) => replies(command).map((reply) => [...some, reply])),
    [[]],
  )
}

function assertEnded({ world: { saga, order }, captured }: Scene): void {
  if (saga.state === 'completed') {
    assert.equal(order.status, 'paid')
    return
  }
  assert.equal(saga.state, 'cancelled', `stuck in ${saga.state}`)
  assert.equal(order.status, 'cancelled')
  assert.deepEqual(saga.undoing, [])
  assert.equal(order.refunded ?? false, captured, 'money and order disagree')
}

for (const [title, payment, wishes] of [
  ['with its payment', PAYMENT, ['cancel', 'duplicate']],
  ['paid by hand', undefined, ['cancel', 'pay', 'duplicate']],
] as const) {
  test(`every way an order ${title} can go ends, and no money is kept for a cancelled one`, () => {
    const first = begin(payment)
    const queue: Scene[] = answersTo(first.commands, false).map((mail) => {
      return { world: first, mail, wishes, captured: false }
    })
    const seen = new Set<string>()
    let ends = 0
    for (let scene = queue.pop(); scene; scene = queue.pop()) {
      const { world, mail, wishes: left, captured } = scene
      const key = JSON.stringify([world.saga, world.order, [...mail].sort(), left, captured])
      if (seen.has(key)) continue
      seen.add(key)
      if (mail.length === 0 && !world.saga.deadlineAt) {
        assertEnded(scene)
        ends++
      }
      for (const choice of choicesOf(scene)) queue.push(...follow(scene, choice))
    }
    assert.ok(ends > 10 && seen.size > 100, `${seen.size} scenes, ${ends} ends`)
  })
}
