import assert from 'node:assert/strict'
import { test } from 'node:test'
import { totalQueue } from './total-queue.ts'

test('lost is what was confirmed and did not come; what nobody confirmed may come or not', () => {
  const sent = { attempted: new Set(['a', 'b', 'c', 'd']), confirmed: new Set(['a', 'b']) }
  const received = new Map([
    ['b', 2],
    ['c', 1],
    ['x', 1],
  ])
  assert.deepEqual(totalQueue(sent, received), {
    ...{ attempted: 4, confirmed: 2, lost: ['a'], unexpected: ['x'] },
    ...{ duplicated: 1, recovered: 1 },
  })
})
