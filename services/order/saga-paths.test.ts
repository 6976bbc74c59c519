import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Problem } from '#platform/problem.ts'
import type { SagaMessage } from './saga.ts'
import { begin, PAYMENT, step, type World } from './saga-testing.ts'

// The neighbours as they really behave. Each command leads to one of its replies; replies come
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
