import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Facts } from '../../verify/facts.ts'
import type { End } from './outage.ts'
import {
  atLeast,
  atMost,
  heardByAll,
  heardInOrder,
  servedAtOnce,
  servedInTheEnd,
} from './promises.ts'

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

test('each consumer hears each event that is meant for it, and in its order', () => {
  const happened = (version: number, type: string) => ({ orderId: 'o', version, type })
  const facts = { events: [happened(1, 'placed'), happened(2, 'reserved')] } as unknown as Facts
  const heardBy = (queue: string, ...versions: number[]) =>
    versions.map((version) => ({ queue, orderId: 'o', version }))
  const tracking = heardBy('tracking.orders', 1, 2)
  const all = [...tracking, ...heardBy('notification.orders', 2, 1)]
  assert.match(
    heardByAll(end({ facts, heard: tracking })).join(),
    /notification\.orders o: event 1/,
  )
  assert.deepEqual(heardByAll(end({ facts, heard: all })), [])
  assert.deepEqual(heardInOrder(end({ facts, heard: tracking })), [])
  assert.match(heardInOrder(end({ facts, heard: all })).join(), /event 2 came after 0/)
})
