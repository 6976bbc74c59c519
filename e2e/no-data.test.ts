import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { eventually } from '#platform/testing.ts'
import { boardsOf } from '../deploy/grafana/boards.ts'
import { filledIn, queriesOf } from '../deploy/grafana/queries.ts'
import { findTool } from '../deploy/host/tools.ts'
import { selectorsOf } from '../deploy/prometheus/selectors.ts'
import { services } from '../services/catalogue.ts'
import { basket, becomes, GATEWAY, openShop, type Person, type Shop, someone } from './people.ts'
import { type LoadedRule, loadedRules, query, writeUrl } from './prometheus.ts'

const MOST_EXCEPTIONS = 0.05

type Expression = { expr: string; of: string; excuse?: string }

const k6 = await findTool('k6')

/** What may be empty although all is well, and why; everything else has to show something. */
function excuseOf(expr: string, clusterOnly = false): string | undefined {
  if (clusterOnly) return 'its exporter runs in kind and AWS only'
  if (expr.includes('k6_') && !k6) return 'k6 is neither on PATH nor built'
  return undefined
}

const panels: Expression[] = queriesOf(boardsOf(services)).map(({ board, panel, expr }) => ({
  expr: filledIn(expr, { window: '5m' }),
  of: `${board.title}: ${panel.title}`,
  excuse: excuseOf(expr, panel.clusterOnly),
}))

/** A rule that records has to find something; one that alerts is empty while all is well, but not what it reads. */
const lookedAt = ({ type, name, query: expression }: LoadedRule): Expression[] =>
  (type === 'recording' ? [expression] : selectorsOf(expression)).map((expr) => ({
    expr,
    of: name,
  }))

test('every rule, alert and panel looks at something that is there', async () => {
  const shop = await openShop()
  const customer = await someone('customer')
  if (k6) smokeRun(k6)
  let report = ''
  await eventually(async () => {
    // Again and again: a counter's first value is no increase yet.
    await everyKindOfTraffic(shop, customer)
    const rules = await loadedRules()
    const unwell = rules.filter(({ health }) => health !== 'ok').map(({ query }) => query)
    assert.deepEqual(unwell, [], 'not evaluated yet, or with an error')
    const expressions = [...rules.flatMap(lookedAt), ...panels]
    const empty = await emptyOnes(expressions)
    const excused = expressions.filter(({ excuse }) => excuse)
    const unexpected = empty.filter(({ excuse }) => !excuse)
    assert.deepEqual(unexpected.map(({ of, expr }) => `${of}: ${expr}`).slice(0, 20), [])
    const needless = excused.filter((expression) => !empty.includes(expression))
    assert.deepEqual(needless, [], 'an exception that is none')
    assert.ok(excused.length <= expressions.length * MOST_EXCEPTIONS, 'the exceptions are few')
    report = `${rules.length} rules and ${panels.length} queries of panels: ${expressions.length} expressions, ${excused.length} of them empty: ${[...new Set(excused.map(({ excuse }) => excuse))]}`
    return true
  }, 130_000)
  console.log(report)
})

async function emptyOnes(expressions: readonly Expression[]): Promise<Expression[]> {
  const found = []
  for (const expression of expressions) {
    const samples = await query(expression.expr)
    // Not a number is nothing to look at either: 0 of 0 requests.
    if (!samples.some(({ value }) => value[1] !== 'NaN')) found.push(expression)
  }
  return found
}

/** Something of everything that is counted: every service is asked, orders are paid, refused and made good. */
async function everyKindOfTraffic(shop: Shop, customer: Person): Promise<void> {
  for (const [token, status] of [
    ['tok_ok', 'paid'],
    ['tok_flaky', 'paid'],
    ['tok_declined', 'cancelled'],
  ] as const) {
    const { body } = await customer.call('POST', '/orders', basket(shop, { token }))
    await becomes(customer, body.id, status)
  }
  await customer.call('GET', `/restaurants/${shop.restaurantId}/menu`)
  await customer.call('GET', '/orders')
  await customer.call('GET', `/customers/${customer.id}`)
  await customer.call('GET', `/customers/${customer.id}/notifications`)
  await customer.call('GET', `/payments/${crypto.randomUUID()}`)
  await shop.owner.call('GET', `/restaurants/${shop.restaurantId}/stock`)
}

function smokeRun(program: string): void {
  const { status, stderr } = spawnSync(
    program,
    ['run', '--quiet', '--out', 'experimental-prometheus-rw', 'loadtests/smoke.ts'],
    {
      encoding: 'utf8',
      env: {
        ...process.env,
        GATEWAY,
        ...{ K6_NO_USAGE_REPORT: 'true', K6_AUTO_EXTENSION_RESOLUTION: 'false' },
        K6_PROMETHEUS_RW_SERVER_URL: writeUrl,
        ...{ K6_PROMETHEUS_RW_TREND_STATS: 'p(95)', K6_PROMETHEUS_RW_PUSH_INTERVAL: '1s' },
      },
    },
  )
  assert.equal(status, 0, stderr)
}
