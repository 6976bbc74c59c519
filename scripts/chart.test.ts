import assert from 'node:assert/strict'
import { test } from 'node:test'
import { chart, inUnit, niceAbove } from './chart.ts'
import { inOrder } from './waterfall.ts'

const at = { from: 0, to: 100 }

test('a pause in the figures is a gap in the line', () => {
  const points = [0, 10, 20, 70, 80].map((second) => [second, 1] as const)
  const [, path] = /<path[^>]* d="([^"]+)"/.exec(chart([{ label: 'a', points }], 'short', at))!
  assert.equal(path!.match(/M/g)?.length, 2)
})

test('what somebody else named cannot become part of the page', () => {
  const drawn = chart([{ label: '<script>', points: [[1, 1]] }], 'short', at)
  assert.ok(!drawn.includes('<script>') && drawn.includes('&#60;script&#62;'))
})

test('a graph of nothing but zeros has a scale', () => {
  assert.ok(!chart([{ label: 'a', points: [[1, 0]] }], 'short', at).includes('NaN'))
})

test('axes end at 1, 2, 5, 10', () => {
  assert.deepEqual([0, 0.3, 1, 7, 11, 4_999].map(niceAbove), [1, 0.5, 1, 10, 20, 5_000])
})

test('figures are written in their unit', () => {
  assert.equal(inUnit(0.0123, 's'), '12.3 ms')
  assert.equal(inUnit(0.9995, 'percentunit'), '99.95 %')
  assert.equal(inUnit(12_345, 'reqps'), '12.3 k/s')
})

test('a span stands below the span that caused it, brothers by time', () => {
  const span = (spanID: string, startTime: number, parent = 'elsewhere') => ({
    ...{ spanID, startTime, duration: 1, processID: 'p', operationName: spanID, tags: [] },
    references: [{ spanID: parent }],
  })
  const spans = [span('late', 3, 'root'), span('child', 2, 'early'), span('early', 1, 'root')]
  assert.deepEqual(
    inOrder([...spans, span('root', 0)]).map(({ span: { spanID }, depth }) => [spanID, depth]),
    [
      ['root', 0],
      ['early', 1],
      ['child', 2],
      ['late', 1],
    ],
  )
})
