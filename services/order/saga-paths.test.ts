import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Problem } from '#platform/problem.ts'
import type { Saga, SagaMessage } from './saga.ts'
import { act, NEIGHBOURS, type Neighbours } from './saga-neighbours.ts'
import { begin, PAYMENT, step, type World } from './saga-testing.ts'

/**
 * Everything that can be true at one moment. Every message under way may be the next to arrive,
 * commands and replies alike, so each order of them is walked: late is what arrives after a deadline.
 */
type Scene = {
  world: World
  neighbours: Neighbours
  mail: readonly string[]
  /** What may still happen by itself, each once: see WISHES. */
  wishes: readonly string[]
}

const WISHES = {
  cancel: 'the customer changes their mind',
  pay: 'the customer pays by hand',
  duplicate: 'a message arrives a second time',
  crash: 'whoever said the last words dies before they are known to be said: they are said again',
  late: 'a deadline passes although an answer is under way',
  silence: 'so do all its repetitions',
  lost: 'a broker comes back empty: what was under way is gone',
  retry: 'an operator has a parked saga go on',
  compensate: 'an operator has a parked saga undone',
}

function choicesOf({ world: { saga }, mail, wishes }: Scene): string[] {
  const parked = saga.state === 'parked'
  const own = wishes.filter((wish) => {
    if (wish === 'duplicate' || wish === 'crash') return false
    if (wish === 'lost') return mail.length > 0
    if (wish === 'late' || wish === 'silence') return saga.deadlineAt !== undefined
    return wish === 'retry' || wish === 'compensate' ? parked : true
  })
  // Nobody is going to say anything more: time passes until the deadline.
  const waiting = mail.length === 0 && saga.deadlineAt ? ['deadline'] : []
  return [...new Set(mail), ...own, ...waiting]
}

function follow(scene: Scene, choice: string): Scene[] {
  if (choice === 'lost') return [{ ...scene, mail: [], wishes: without(scene.wishes, choice) }]
  const mail = without(scene.mail, choice)
  const wishes = without(scene.wishes, choice)
  const again = scene.mail.includes(choice) && wishes.includes('duplicate')
  const once = arrive({ ...scene, mail, wishes }, choice)
  if (!again) return once
  const twice = { ...scene, wishes: without(wishes, 'duplicate') }
  return [...once, ...arrive(twice, choice)]
}

/** The scenes that may follow when this arrives, at the neighbour or at the saga. */
function arrive(scene: Scene, choice: string): Scene[] {
  if (choice in NEIGHBOURS || choice === 'pay') return act(scene, choice)
  const saga = choice === 'silence' ? exhausted(scene.world.saga) : scene.world.saga
  let world: World
  try {
    world = step({ ...scene.world, saga, commands: [] }, messageOf(choice))
  } catch (error) {
    assert.ok(error instanceof Problem && error.status === 409 && choice in WISHES, choice)
    return []
  }
  const said = { ...scene, world, mail: [...scene.mail, ...world.commands] }
  if (world.commands.length === 0 || !scene.wishes.includes('crash')) return [said]
  const repeated = [...said.mail, ...world.commands]
  return [said, { ...said, mail: repeated, wishes: without(scene.wishes, 'crash') }]
}

const exhausted = (saga: Saga): Saga => ({ ...saga, attempt: Number.MAX_SAFE_INTEGER })

function messageOf(choice: string): SagaMessage {
  if (['late', 'silence', 'deadline'].includes(choice)) return { name: 'deadline' }
  const [name, amount] = choice.split(':')
  return { name, amountCents: Number(amount), reason: 'customer-request' } as SagaMessage
}

const without = (list: readonly string[], item: string): string[] =>
  list.includes(item) ? list.toSpliced(list.indexOf(item), 1) : [...list]

function assertEnded({ world: { saga, order }, neighbours: { stock, money } }: Scene): void {
  if (saga.state === 'parked') {
    // Only what was paid and cannot be sold, or what cannot be undone, is left to a human.
    assert.ok(order.status === 'paid' || saga.undoing.length > 0)
    return
  }
  if (saga.state === 'completed') {
    assert.deepEqual([order.status, stock, money], ['paid', 'committed', 'captured'])
    return
  }
  assert.equal(saga.state, 'cancelled', `stuck in ${saga.state}`)
  assert.equal(order.status, 'cancelled')
  assert.deepEqual(saga.undoing, [])
  assert.ok(stock !== 'reserved' && stock !== 'committed', `stock is ${stock}`)
  assert.notEqual(money, 'captured')
  assert.equal(order.refunded ?? false, money === 'refunded', 'money and order disagree')
}

const keyOf = ({ world: { saga, order }, neighbours, mail, wishes }: Scene): string =>
  JSON.stringify([saga, order, neighbours, [...mail].sort(), [...wishes].sort()])

function walk(first: Scene): { scenes: number; ends: Map<string, number> } {
  const queue = [first]
  const seen = new Set<string>()
  const ends = new Map<string, number>()
  for (let scene = queue.pop(); scene; scene = queue.pop()) {
    const key = keyOf(scene)
    if (seen.has(key)) continue
    seen.add(key)
    const { mail, world } = scene
    const following = choicesOf(scene).flatMap((choice) => follow(scene, choice))
    if (mail.length === 0 && !world.saga.deadlineAt) {
      assertEnded(scene)
      ends.set(world.saga.state, (ends.get(world.saga.state) ?? 0) + 1)
    } else
      assert.ok(
        following.some((next) => keyOf(next) !== key),
        `nothing can happen: ${key}`,
      )
    queue.push(...following)
  }
  return { scenes: seen.size, ends }
}

const ACCIDENTS = [
  ['late', 'duplicate', 'crash'],
  ['silence', 'late', 'duplicate'],
  ['silence', 'silence', 'retry', 'compensate'],
]
// Who pays by hand is not asked for again: see RELIABILITY.md for what a broker may lose then.
const LOSSES = [
  ['lost', 'lost', 'late'],
  ['lost', 'silence', 'retry', 'compensate'],
]

for (const [title, payment, own, all] of [
  ['with its payment', PAYMENT, [], [...ACCIDENTS, ...LOSSES]],
  ['paid by hand', undefined, ['pay'], ACCIDENTS],
] as const) {
  for (const accidents of all) {
    test(`an order ${title} ends whatever happens, also with ${accidents.join(', ')}`, (t) => {
      const world = begin(payment)
      const neighbours: Neighbours = { stock: 'none', money: 'none', voided: false }
      const wishes = [...own, 'cancel', ...accidents]
      const { scenes, ends } = walk({ world, neighbours, mail: world.commands, wishes })
      assert.ok(scenes > 100 && ends.get('completed') && ends.get('cancelled'))
      t.diagnostic(`${scenes} scenes, ends: ${JSON.stringify(Object.fromEntries(ends))}`)
    })
  }
}
