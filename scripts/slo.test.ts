import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dashboardFiles } from '../deploy/grafana/provisioning.ts'
import { allRules } from '../deploy/prometheus/rules.ts'
import { loadThresholds } from '../loadtests/thresholds.ts'
import { order } from '../services/order/service.ts'

test('one number in a manifest changes the budget, the alert, the panel and the load test', () => {
  const stricter = {
    ...order,
    slo: { availability: 0.9999, latency: { share: 0.95, withinMs: 300 } },
  }
  const text = (manifest: typeof order) => JSON.stringify(allRules([manifest]))
  const budget = (value: number, slo: string) =>
    `{"record":"slo:error_budget:ratio","labels":{"slo":"${slo}","service":"order"},"expr":"vector(${value})"}`
  assert.ok(text(order).includes(budget(0.001, 'availability')))
  assert.ok(text(stricter).includes(budget(0.0001, 'availability')))
  assert.ok(text(stricter).includes(budget(0.05, 'latency')))
  assert.ok(text(order).includes('le=\\"0.15\\"') && text(stricter).includes('le=\\"0.3\\"'))
  const panels = (manifest: typeof order) => dashboardFiles([manifest])['restofy-overview.json']!
  assert.ok(panels(order).includes('[$__rate_interval]))) / 0.15"'))
  assert.ok(panels(stricter).includes('[$__rate_interval]))) / 0.3"'))
  assert.ok(panels(stricter).includes('histogram_quantile(0.95, '))
  const shape = { rate: 10, secs: 10 }
  const request = 'http_req_duration{name:POST /orders}'
  assert.deepEqual(loadThresholds(order, shape)[request], ['p(99)<150'])
  assert.deepEqual(loadThresholds(stricter, shape)[request], ['p(95)<300'])
})
