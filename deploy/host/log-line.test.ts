import assert from 'node:assert/strict'
import { test } from 'node:test'
import { belongsTo, renderLogLine } from './log-line.ts'

const line = (fields: object) =>
  JSON.stringify({ level: 'info', time: '2026-01-02T03:04:05.678Z', service: 'order', ...fields })

test('a log line shows time, service, level, message and its own fields', () => {
  assert.equal(
    renderLogLine('order', line({ msg: 'order placed', orderId: 'o1', trace_id: 't1' })),
    '03:04:05.678 order        info  order placed  orderId=o1',
  )
})

test('an error keeps its stack, indented below', () => {
  const shown = renderLogLine('order', line({ msg: 'failed', err: { stack: 'Error: no\n at x' } }))
  assert.match(shown, /failed {2}\n {4}Error: no\n {4} at x$/)
})

test('a line that is not JSON is shown as it is', () => {
  assert.match(renderLogLine('redis', 'Ready to accept connections'), /redis +Ready to accept/)
  assert.match(renderLogLine('redis', '{half'), /\{half$/)
})

test("an order's lines are those with its id and those that share their correlation id", () => {
  const wanted = belongsTo('o1')
  assert.equal(wanted(line({ msg: 'before', correlation_id: 'c1' })), false)
  assert.equal(wanted(line({ msg: 'placed', orderId: 'o1', correlation_id: 'c1' })), true)
  assert.equal(wanted(line({ msg: 'charged', correlation_id: 'c1' })), true)
  assert.equal(wanted(line({ msg: 'charged', correlation_id: 'c2' })), false)
  assert.equal(wanted('not json'), false)
})
