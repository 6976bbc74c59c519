import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eventually } from '#platform/testing.ts'
import { selectorsOf } from '../deploy/prometheus/selectors.ts'
import { basket, becomes, openShop, type Person, type Shop, someone } from './people.ts'
import { type LoadedRule, loadedRules, query } from './prometheus.ts'

/** Expressions that may be empty although all is well, with the reason. */
const EMPTY: Readonly<Record<string, string>> = {}

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
  await customer.call('GET', '/orders')
  await customer.call('GET', `/customers/${customer.id}/notifications`)
  await customer.call('GET', `/payments/${crypto.randomUUID()}`)
  await shop.owner.call('GET', `/restaurants/${shop.restaurantId}/stock`)
}

/** A rule that records has to find something; one that alerts is empty while all is well, but not what it reads. */
const lookedAt = ({ type, query: expression }: LoadedRule): string[] =>
  type === 'recording' ? [expression] : selectorsOf(expression)

async function emptyOnes(expressions: readonly string[]): Promise<string[]> {
  const found = []
  for (const expression of expressions) {
    const samples = await query(expression)
    // Not a number is nothing to look at either: 0 of 0 requests.
    if (!samples.some(({ value }) => value[1] !== 'NaN')) found.push(expression)
  }
  return found
}

test('every rule and every alert looks at something that is there', async () => {
  const shop = await openShop()
  const customer = await someone('customer')
  let report = ''
  await eventually(async () => {
    // Again and again: a counter's first value is no increase yet.
    await everyKindOfTraffic(shop, customer)
    const rules = await loadedRules()
    const unwell = rules.filter(({ health }) => health !== 'ok').map(({ query }) => query)
    assert.deepEqual(unwell, [], 'not evaluated yet, or with an error')
    const expressions = [...new Set(rules.flatMap(lookedAt))]
    const empty = await emptyOnes(expressions)
    const excused = empty.filter((expression) => EMPTY[expression])
    assert.ok(empty.length === excused.length, `no data: ${empty.slice(0, 10).join('\n')}`)
    assert.deepEqual(excused, Object.keys(EMPTY), 'an exception that is none')
    assert.ok(empty.length <= expressions.length * 0.05, 'the exceptions are few')
    report = `${rules.length} rules, ${expressions.length} expressions, ${empty.length} of them empty with a reason`
    return true
  }, 120_000)
  console.log(report)
})
