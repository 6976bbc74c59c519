import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { findTool } from '../deploy/host/tools.ts'
import { order } from '../services/order/service.ts'
import { loadThresholds, PLACE_ORDER } from './thresholds.ts'

const shape = { rate: 50, secs: 60 }

test('the thresholds of a load run are the order service’s objective', () => {
  const thresholds = loadThresholds(order, shape)
  assert.deepEqual(thresholds[`http_req_duration{name:${PLACE_ORDER}}`], ['p(99)<150'])
  assert.deepEqual(thresholds[`http_req_failed{name:${PLACE_ORDER}}`], ['rate<=0.001'])
})

test('changing one number of the objective changes the threshold', () => {
  const slo = { availability: 0.99, latency: { share: 0.95, withinMs: 400 } }
  const thresholds = loadThresholds({ slo }, shape)
  assert.deepEqual(thresholds[`http_req_duration{name:${PLACE_ORDER}}`], ['p(95)<400'])
  assert.deepEqual(thresholds[`http_req_failed{name:${PLACE_ORDER}}`], ['rate<=0.01'])
})

test('arrivals that were dropped or never came fail a run', () => {
  const thresholds = loadThresholds(order, shape)
  assert.deepEqual(thresholds.dropped_iterations, ['count==0'])
  assert.deepEqual(thresholds.iterations, ['count>=2970'])
})

const k6 = await findTool('k6')

for (const profile of ['smoke', 'load']) {
  test(`k6 understands the profile ${profile}`, {
    skip: !k6 && 'k6 is neither on PATH nor built',
  }, () => {
    const { status, stderr } = spawnSync(k6!, ['inspect', `loadtests/${profile}.ts`], {
      encoding: 'utf8',
    })
    assert.equal(status, 0, stderr)
  })
}
