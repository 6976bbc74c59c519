import assert from 'node:assert/strict'
import { test } from 'node:test'
import { expired, judge } from './judge.ts'
import { kubernetesSuppressions } from './kubernetes-suppressions.ts'
import type { Suppression } from './suppression.ts'
import { terraformSuppressions } from './terraform-suppressions.ts'

const excuse: Suppression = {
  check: 'CKV_AWS_157',
  in: /^data-dev$/,
  reason: 'dev may be away',
  until: '2027-01-31',
}
const TODAY = new Date('2026-12-01')

const report = (...stacks: string[]) => ({
  summary: { passed: 800, parsing_errors: 0 },
  results: {
    failed_checks: stacks.map((stack) => ({
      check_id: 'CKV_AWS_157',
      check_name: 'Ensure Multi-AZ',
      file_path: `/${stack}/cdk.tf.json`,
      resource: 'resource.shared',
    })),
  },
})

test('a failure with an excuse is counted and not complained about', () => {
  const verdict = { passed: 800, suppressed: 1, complaints: [] }
  assert.deepEqual(judge(report('data-dev'), [excuse], TODAY), verdict)
})

test('the same failure in another stack is complained about', () => {
  const { complaints } = judge(report('data-dev', 'data-production'), [excuse], TODAY)
  assert.deepEqual(complaints, ['CKV_AWS_157 Ensure Multi-AZ: data-production resource.shared'])
})

test('an excuse that nothing needs is complained about', () => {
  const { complaints } = judge(report(), [excuse], TODAY)
  assert.deepEqual(complaints, [
    'CKV_AWS_157 fails nowhere in /^data-dev$/: delete its suppression',
  ])
})

test('an excuse expires', () => {
  const { complaints } = judge(report('data-dev'), [excuse], new Date('2027-02-01'))
  assert.match(complaints.join(), /CKV_AWS_157 expired on 2027-01-31/)
})

test('a report of nothing is not a clean report', () => {
  const empty = { summary: { passed: 0, parsing_errors: 0 }, results: { failed_checks: [] } }
  assert.throws(() => judge(empty, []))
})

test('no suppression of ours has expired, each has a reason, and there are at most ten of a kind', () => {
  for (const suppressions of [terraformSuppressions, kubernetesSuppressions]) {
    assert.deepEqual(expired(suppressions, new Date()), [])
    assert.ok(suppressions.every(({ reason }) => reason.length > 20))
    assert.ok(suppressions.length <= 10)
  }
})
