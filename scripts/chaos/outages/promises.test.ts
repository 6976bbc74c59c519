import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Facts } from '../../verify/facts.ts'
import type { End } from './outage.ts'
import { atLeast, atMost, heardInOrder, servedAtOnce, servedInTheEnd } from './promises.ts'

const end = (of: Partial<End>): End => ({
  ...{ lines: [], heard: [], figures: {}, facts: { events: [] } as unknown as Facts },
  ...of,
})

const post = (status: number, attempt: number) => ({ op: 'post', path: '/orders', status, attempt })

test('served at once is who was answered 201 to the first try', () => {
  assert.deepEqual(servedAtOnce(end({ lines: [post(201, 1), post(201, 1)] })), [])
  assert.match(servedAtOnce(end({ lines: [post(503, 1), post(201, 2)] })).join(), /failed: 2/)
})

test('served in the end is who has an order, however often it was asked for', () => {
  const fate = (fate: string) => ({ op: 'fate', note: 'n', fate })
  assert.deepEqual(servedInTheEnd(end({ lines: [post(503, 1), fate('acknowledged')] })), [])
  assert.match(servedInTheEnd(end({ lines: [fate('given up')] })).join(), /n given up/)
})

test('a figure that was not measured keeps no promise', () => {
  assert.deepEqual(atMost('held', 3)(end({ figures: { held: 3 } })), [])
  assert.deepEqual(atLeast('held', 3)(end({ figures: { held: 3 } })), [])
  assert.equal(atMost('held', 3)(end({ figures: { held: 4 } })).length, 1)
  assert.equal(atLeast('held', 3)(end({ figures: { held: 2 } })).length, 1)
  assert.equal(atMost('held', 3)(end({})).length, 1)
  assert.equal(atLeast('held', 3)(end({})).length, 1)
})

test('every consumer hears each event in its order, or the one that is asked about', () => {
  const placed = { orderId: 'o', version: 1, type: 'placed' }
  const facts = { events: [placed] } as unknown as Facts
  const heard = [{ queue: 'tracking.orders', orderId: 'o', version: 1 }]
  assert.match(heardInOrder()(end({ facts, heard })).join(), /notification\.orders o: event 1/)
  assert.deepEqual(heardInOrder('tracking.orders')(end({ facts, heard })), [])
})
