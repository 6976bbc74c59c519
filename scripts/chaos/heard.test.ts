import assert from 'node:assert/strict'
import { test } from 'node:test'
import { disorder, unheard } from './heard.ts'

const at = (queue: string, ...versions: number[]) =>
  versions.map((version) => ({ queue, orderId: 'o', version }))

test('events in their order are in order, duplicates included, at every consumer by itself', () => {
  assert.deepEqual(disorder([...at('a', 1, 2, 2, 1, 3), ...at('b', 1, 2)]), [])
})

test('an event that overtook another one is told', () => {
  assert.deepEqual(disorder(at('a', 1, 3, 2)), ['a o: event 3 came after 1'])
  assert.deepEqual(disorder(at('a', 2, 1)), ['a o: event 2 came after 0'])
})

test('an event that one of its consumers never handled is told, whoever else has', () => {
  assert.deepEqual(unheard(at('a', 1, 2), at('a', 1, 2)), [])
  assert.deepEqual(unheard(at('a', 1, 2), [...at('a', 1), ...at('b', 1)]), ['b o: event 1'])
})
