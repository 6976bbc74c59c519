import assert from 'node:assert/strict'
import { test } from 'node:test'
import { burnsFast } from './burn.ts'

const service = { slo: { availability: 0.999, latency: { share: 0.99, withinMs: 100 } } }

test('a rollout that fails two requests in a hundred burns the budget too fast', () => {
  assert.equal(burnsFast(service, { requests: 100, failed: 2 }), true)
})

test('a rollout that fails one request in a thousand goes on', () => {
  assert.equal(burnsFast(service, { requests: 1_000, failed: 1 }), false)
})

test('a handful of requests says nothing', () => {
  assert.equal(burnsFast(service, { requests: 10, failed: 10 }), false)
})
