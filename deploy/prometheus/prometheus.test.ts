import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { services } from '../../services/catalogue.ts'
import { scrapeTargets } from '../host/scrape-targets.ts'
import { prometheusConfig, staticScrapes } from './config.ts'
import { latencyRules, redRules } from './red-rules.ts'

const promtool = spawnSync('promtool', ['--version']).status === 0
const skip = promtool ? false : 'promtool is not installed'

const rules = { groups: [redRules(), latencyRules(services)] }

function folder(t: TestContext, files: Record<string, object>): string {
  const directory = mkdtempSync(join(tmpdir(), 'prometheus-'))
  t.after(() => rmSync(directory, { recursive: true }))
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(join(directory, name), JSON.stringify(content))
  }
  return directory
}

function run(...args: string[]): void {
  const { status, stdout, stderr } = spawnSync('promtool', args, { encoding: 'utf8' })
  assert.equal(status, 0, `${stdout}\n${stderr}`)
}

test('Prometheus accepts the scrape configuration and the rules', { skip }, (t) => {
  const scrapes = staticScrapes(scrapeTargets({ offset: 0 }, services, { order: 2 }))
  const config = prometheusConfig({ scrapes, ruleFiles: ['rules.json'] })
  const directory = folder(t, { 'prometheus.json': config, 'rules.json': rules })
  run('check', 'config', join(directory, 'prometheus.json'))
})

const series = (status: string, le: string, values: string) => ({
  series: `http_request_duration_seconds_${le ? 'bucket' : 'count'}{job="order",service="order",method="POST",route="/orders",status_code="${status}"${le && `,le="${le}"`}}`,
  values,
})

const sample = (labels: string, value: number) => [{ labels, value }]

/** promtool compares floats exactly in some versions and not in others. */
const rounded = (name: string, labels: string, value: number) => ({
  expr: `round(${name}, 0.0001)`,
  eval_time: '10m',
  exp_samples: sample(labels, value),
})

test('the rules say rate, errors and slowness of what was counted', { skip }, (t) => {
  // Six requests per minute, one of them a 500, one of them slower than the objective of 150 ms.
  const input_series = [
    series('201', '', '0+5x20'),
    series('500', '', '0+1x20'),
    series('201', '0.15', '0+5x20'),
    series('201', '+Inf', '0+5x20'),
    series('500', '0.15', '0+0x20'),
    series('500', '+Inf', '0+1x20'),
  ]
  const promql_expr_test = [
    rounded('service:http_requests:rate5m', '{service="order"}', 0.1),
    rounded('service:http_errors:ratio_rate5m', '{service="order"}', 0.1667),
    rounded(
      'service_route:http_errors:ratio_rate5m',
      '{service="order", method="POST", route="/orders"}',
      0.1667,
    ),
    rounded('service:http_slow:ratio_rate5m', '{service="order"}', 0.1667),
  ]
  const cases = {
    rule_files: ['rules.json'],
    evaluation_interval: '1m',
    tests: [{ interval: '1m', input_series, promql_expr_test }],
  }
  run('test', 'rules', join(folder(t, { 'rules.json': rules, 'test.json': cases }), 'test.json'))
})

test('a service that never failed has an error ratio of zero, not none', { skip }, (t) => {
  const cases = {
    rule_files: ['rules.json'],
    evaluation_interval: '1m',
    tests: [
      {
        interval: '1m',
        input_series: [series('201', '', '0+5x20')],
        promql_expr_test: [rounded('service:http_errors:ratio_rate5m', '{service="order"}', 0)],
      },
    ],
  }
  run('test', 'rules', join(folder(t, { 'rules.json': rules, 'test.json': cases }), 'test.json'))
})
