import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { services } from '../../services/catalogue.ts'
import { metrics } from '../../services/contracts/metrics.ts'
import { allRules } from '../prometheus/rules.ts'
import { metricsIn } from '../prometheus/selectors.ts'
import { panelsOf } from './board.ts'
import { boardsOf } from './boards.ts'
import { idOf } from './dashboard.ts'
import { dataSources } from './datasources.ts'
import { dashboardFiles, provisioningFiles, RENDERED } from './provisioning.ts'
import { filledIn, queriesOf } from './queries.ts'
import { kubernetes, postgres, redis, serverMetricNames } from './server-metrics.ts'

const boards = boardsOf(services)
const queries = queriesOf(boards)

test('the boards in the repository are those that the source makes', () => {
  const files = dashboardFiles(services)
  assert.deepEqual(readdirSync(RENDERED).sort(), Object.keys(files).sort())
  for (const [name, content] of Object.entries(files)) {
    assert.ok(readFileSync(join(RENDERED, name), 'utf8') === content, `${name}: make render`)
  }
})

test('every board, and every panel of a board, has an address of its own', () => {
  assert.equal(new Set(boards.map(({ uid }) => uid)).size, boards.length)
  for (const board of boards) {
    const ids = panelsOf(board).map(({ title }) => idOf(board.uid, title))
    assert.equal(new Set(ids).size, ids.length, board.title)
  }
})

test('boards ask only for metrics that somebody is known to make', () => {
  const ours = Object.values(metrics).flatMap(({ name, kind }) =>
    kind === 'histogram' ? ['_bucket', '_count', '_sum'].map((suffix) => name + suffix) : [name],
  )
  const recorded = allRules(services).groups.flatMap(({ rules }) =>
    rules.flatMap((rule) => ('record' in rule ? [rule.record] : [])),
  )
  const known = new Set([...ours, ...recorded, ...serverMetricNames, 'up', 'ALERTS'])
  for (const { board, panel, expr } of queries) {
    for (const name of metricsIn(filledIn(expr))) {
      assert.ok(known.has(name), `${board.title}, ${panel.title}: nobody makes ${name}`)
    }
  }
})

test('panels say that they are empty on the host exactly when an exporter makes their figures', () => {
  const exported = [postgres, redis, kubernetes].flatMap((family) =>
    Object.values(family).map(({ name }) => name),
  )
  for (const { panel, expr } of queries) {
    const fromExporter = metricsIn(filledIn(expr)).some((name) => exported.includes(name))
    assert.equal(panel.clusterOnly ?? false, fromExporter, panel.title)
  }
})

test('every expression is PromQL', {
  skip: spawnSync('promtool', ['--version']).error && 'promtool is not installed',
}, (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'boards-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const rules = queries.map(({ expr }, index) => ({ record: `q${index}`, expr: filledIn(expr) }))
  const file = join(folder, 'rules.json')
  writeFileSync(file, JSON.stringify({ groups: [{ name: 'boards', rules }] }))
  const { status, stderr } = spawnSync('promtool', ['check', 'rules', file], { encoding: 'utf8' })
  assert.equal(status, 0, stderr)
})

test('a point of a graph leads to its trace, and a trace to the figures of its service', () => {
  const [prometheus, jaeger] = dataSources({
    prometheus: 'http://p',
    jaeger: 'http://j',
  }).datasources
  assert.match(JSON.stringify(prometheus), /"trace_id","datasourceUid":"jaeger"/)
  assert.match(JSON.stringify(jaeger), /"tracesToMetrics":\{"datasourceUid":"prometheus"/)
  const files = provisioningFiles({ prometheus: 'http://p', jaeger: 'http://j' })
  assert.deepEqual(Object.keys(files), ['datasources/restofy.yaml', 'dashboards/restofy.yaml'])
})
