import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { services } from '../../services/catalogue.ts'
import { alertmanagerConfig } from './alertmanager.ts'
import { alertCases, type Situation } from './cases.ts'
import type { AlertingRule, RuleGroup } from './rule.ts'
import { RUNBOOKS } from './rule.ts'
import { allRules } from './rules.ts'

const missing = (program: string) =>
  spawnSync(program, ['--version']).error ? `${program} is not installed` : false

const order = services.find(({ name }) => name === 'order')!
// The one service whose metrics the cases make up: all others would be absent.
const rules = allRules([order], { cluster: true })
const cases = alertCases(order)

const alertsOf = (groups: readonly RuleGroup[]): AlertingRule[] =>
  groups.flatMap(({ rules }) => rules.filter((rule) => 'alert' in rule))

const names = [...new Set(alertsOf(rules.groups).map(({ alert }) => alert))].sort()

function run(t: TestContext, program: string, args: string[], files: Record<string, object>) {
  const folder = mkdtempSync(join(tmpdir(), 'alerts-'))
  t.after(() => rmSync(folder, { recursive: true }))
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(join(folder, name), JSON.stringify(content))
  }
  const { status, stdout, stderr } = spawnSync(program, args, { cwd: folder, encoding: 'utf8' })
  assert.equal(status, 0, `${stdout}\n${stderr}`)
}

test('every alert has a runbook, a case in which it fires and one in which it is silent', () => {
  const runbooks = globSync(`${RUNBOOKS}/*.md`).map((file) => basename(file, '.md'))
  assert.deepEqual(runbooks.sort(), names)
  assert.deepEqual(Object.keys(cases).sort(), names)
  for (const { silent } of Object.values(cases)) assert.ok(silent.length > 0)
})

test('every runbook says what it means, what to run and how to stop the bleeding', () => {
  for (const name of names) {
    const text = readFileSync(join(RUNBOOKS, `${name}.md`), 'utf8')
    assert.match(text, new RegExp(`^# ${name}\\n`), name)
    for (const part of ['## What it means', '## First', '## Stop the bleeding']) {
      assert.ok(text.includes(part), `${name}.md has no "${part}"`)
    }
    const commands = /## First\n\n```sh\n([\s\S]*?)```/.exec(text)?.[1]?.trim().split('\n') ?? []
    assert.equal(commands.length, 3, `${name}.md: three commands`)
  }
})

test('the rules of real time and of a drill are valid', { skip: missing('promtool') }, (t) => {
  const scale = { timescale: 60, scrapeSecs: 1 }
  const files = { 'rules.json': allRules(services), 'drill.json': allRules(services, { scale }) }
  run(t, 'promtool', ['check', 'rules', ...Object.keys(files)], files)
})

test('the Alertmanager takes its configuration', { skip: missing('amtool') }, (t) => {
  run(t, 'amtool', ['check-config', 'am.json'], { 'am.json': alertmanagerConfig() })
})

for (const [alert, { fires, silent }] of Object.entries(cases)) {
  test(`${alert} fires, and is silent when it should be`, { skip: missing('promtool') }, (t) => {
    const look = ({ series, every, at }: Situation, firing: boolean) => ({
      interval: every,
      input_series: series,
      promql_expr_test: [
        {
          expr: `max by (alertname) (ALERTS{alertname="${alert}",alertstate="firing"})`,
          eval_time: at,
          exp_samples: firing ? [{ labels: `{alertname="${alert}"}`, value: 1 }] : [],
        },
      ],
    })
    const file = (situations: readonly Situation[], firing: boolean) => ({
      rule_files: ['rules.json'],
      evaluation_interval: situations[0]!.every,
      // promtool's own order is random; what is recorded 10 minutes ago is too old to be seen.
      group_eval_order: rules.groups.map(({ name }) => name),
      tests: situations.map((situation) => look(situation, firing)),
    })
    run(t, 'promtool', ['test', 'rules', 'fires.json', 'silent.json'], {
      'rules.json': rules,
      'fires.json': file([fires], true),
      'silent.json': file(silent, false),
    })
  })
}
