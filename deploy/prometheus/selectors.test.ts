import assert from 'node:assert/strict'
import { test } from 'node:test'
import { services } from '../../services/catalogue.ts'
import { allRules } from './rules.ts'
import { metricsIn, selectorsOf } from './selectors.ts'

test('functions, operators, grouping labels, ranges and numbers are not series', () => {
  assert.deepEqual(
    selectorsOf(
      'sum by (le, route) (rate(http_bucket{le="0.1",code=~"5.."}[5m])) / on (service) 2e3 * up > 0.5 and slo:x:rate1h',
    ),
    ['http_bucket{le="0.1",code=~"5.."}', 'up', 'slo:x:rate1h'],
  )
})

test('braces and words inside quotes belong to the matcher', () => {
  assert.deepEqual(selectorsOf('a{route="/orders/{id}",q!~".*(dead|retry).*"} unless b'), [
    'a{route="/orders/{id}",q!~".*(dead|retry).*"}',
    'b',
  ])
})

test('the strings of a function are not series', () => {
  assert.deepEqual(selectorsOf('label_replace(rate(a[1m]), "queue", "$1", "name", "(.*)")'), ['a'])
})

test('every rule reads at least one series, or is a constant', () => {
  for (const { rules } of allRules(services, { cluster: true }).groups) {
    for (const { expr } of rules) {
      assert.ok(metricsIn(expr).length > 0 || /^vector\([\d.]+\)$/.test(expr), expr)
    }
  }
})
