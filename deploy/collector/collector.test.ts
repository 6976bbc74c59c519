import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { findOnPath } from '../host/binaries.ts'
import { collectorConfig } from './config.ts'

const collector = findOnPath('otelcol-contrib')
const config = collectorConfig({ mode: 'aws' })
const pipelines = Object.entries(config.service.pipelines)

test('the collector takes its configuration', {
  skip: !collector && 'otelcol-contrib is not installed',
}, (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'collector-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'collector.json')
  writeFileSync(file, JSON.stringify(config))
  const { status, stderr } = spawnSync(collector!, ['validate', '--config', file], {
    encoding: 'utf8',
  })
  assert.equal(status, 0, stderr)
})

test('every part of the collector is in a pipeline, and every pipeline is made of parts', () => {
  const { receivers, processors, connectors, exporters } = config
  const parts = Object.keys({ ...receivers, ...processors, ...connectors, ...exporters })
  const used = pipelines.flatMap(([, { receivers: from, processors: through, exporters: to }]) => [
    ...from,
    ...through,
    ...to,
  ])
  assert.deepEqual([...new Set(used)].sort(), parts.sort())
})

test('memory is limited first, and spans are counted before any is dropped', () => {
  for (const [name, { receivers, processors, exporters }] of pipelines) {
    if (!receivers.includes('otlp')) continue
    assert.equal(processors[0], 'memory_limiter', name)
    assert.ok(!(processors.includes('tail_sampling') && exporters.includes('span_metrics')), name)
  }
})

test('what is wrong or slow is kept whatever the share, which is everything on kind', () => {
  const policies = (mode: 'kind' | 'aws') =>
    collectorConfig({ mode }).processors.tail_sampling.policies.map(({ type }) => type)
  assert.deepEqual(policies('aws'), ['status_code', 'latency', 'probabilistic'])
  const { policies: kind } = collectorConfig({ mode: 'kind' }).processors.tail_sampling
  assert.deepEqual(kind.at(-1)?.probabilistic, { sampling_percentage: 100 })
})
