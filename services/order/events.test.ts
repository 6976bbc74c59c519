import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isDeepStrictEqual } from 'node:util'
import { breaksOf, readBaseline } from '#contracts/baseline.ts'
import { EVENT_SHAPES, EVENTS_BASELINE, eventSchemas, shapeOf } from './events.ts'
import type { OrderEvent } from './order.ts'

test('every event ever stored can still be read', () => {
  const found = breaksOf(readBaseline(EVENTS_BASELINE), eventSchemas())
  assert.deepEqual(found, [], 'put a new shape behind the old one, and translate in replay.ts')
})

test('every shape has been agreed as it is today', () => {
  const [agreed, today] = [readBaseline(EVENTS_BASELINE), eventSchemas()]
  const news = Object.keys(today).filter((name) => !isDeepStrictEqual(agreed[name], today[name]))
  assert.deepEqual(news, [], 'compatible, but not agreed yet: make agree')
})

test('what is written is of the last shape', () => {
  for (const [type, shapes] of Object.entries(EVENT_SHAPES)) {
    assert.equal(shapeOf(type as OrderEvent['type']), shapes.length)
  }
  assert.equal(shapeOf('refunded'), 2)
})
