import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inOrder, reversed } from './stack-order.ts'

const needs = new Map([
  ['cluster', ['keys', 'network']],
  ['network', ['keys']],
  ['keys', []],
  ['data', ['keys', 'network']],
])

async function record(of: typeof needs, failing?: string) {
  const events: string[] = []
  let running = 0
  let widest = 0
  const work = async (stack: string) => {
    widest = Math.max(widest, ++running)
    events.push(stack)
    await new Promise(setImmediate)
    running--
    if (stack === failing) throw new Error('no')
  }
  const failure = await inOrder(of, 2, work).then(
    () => undefined,
    (error: Error) => error.message,
  )
  return { events, widest, failure }
}

test('a stack comes after what it needs, and two run side by side', async () => {
  const { events, widest } = await record(needs)
  assert.deepEqual(events.slice(0, 2), ['keys', 'network'])
  assert.deepEqual(events.slice(2).sort(), ['cluster', 'data'])
  assert.equal(widest, 2)
})

test('a stack goes after everything that needs it', async () => {
  const { events } = await record(new Map(reversed(needs)) as typeof needs)
  assert.deepEqual(events.slice(-2), ['network', 'keys'])
})

test('a stack that fails stops those that need it, and says its name', async () => {
  const { events, failure } = await record(needs, 'network')
  assert.deepEqual(events, ['keys', 'network'])
  assert.equal(failure, 'network: no')
})

test('stacks that need each other are named', async () => {
  const circle = new Map([
    ['a', ['b']],
    ['b', ['a']],
  ])
  assert.match((await record(circle)).failure ?? '', /needed by each other: a, b/)
})
