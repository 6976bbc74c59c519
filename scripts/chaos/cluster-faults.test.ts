import assert from 'node:assert/strict'
import { test } from 'node:test'
import { planClusterFaults } from './cluster-faults.ts'
import { seeded } from './random.ts'

const kinds = (cutting: boolean) => [
  ...new Set(planClusterFaults(seeded(1), 100, cutting).map(({ what }) => what)),
]

test('the faults of a cluster follow from the seed', () => {
  const [first, again] = [1, 2].map(() => planClusterFaults(seeded(7), 30, true))
  assert.deepEqual(first, again)
  assert.notDeepEqual(first, planClusterFaults(seeded(8), 30, true))
})

test('a node is cut off only where that concerns nobody else', () => {
  assert.deepEqual(kinds(true).sort(), ['cut', 'kill', 'pause', 'stop'])
  assert.deepEqual(kinds(false).sort(), ['kill', 'pause', 'stop'])
})
