import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { findTool } from '../host/tools.ts'
import { type JaegerOptions, jaegerConfig } from './config.ts'
import { HEAD_SAMPLING, samplingEnvironment, samplingStrategies } from './sampling.ts'
import { HOST_STORAGE, KIND_STORAGE } from './storage.ts'
import { jaegerUi } from './ui.ts'

const jaeger = await findTool('jaeger')
const skip = !jaeger && 'jaeger is neither on PATH nor built: make up builds it'

const OPTIONS: Record<string, JaegerOptions> = {
  'the host': {
    ...{ storage: HOST_STORAGE, host: '127.0.0.1', spanMetricsPort: 8_889 },
    ...{ uiFile: '/etc/jaeger/ui.json', prometheus: 'http://127.0.0.1:9090' },
  },
  kind: {
    ...{ storage: KIND_STORAGE, samplingFile: '/etc/jaeger/sampling.json' },
    prometheus: 'http://prometheus:9090',
  },
  AWS: { storage: { kind: 'opensearch', url: 'https://traces.test' } },
}

for (const [place, options] of Object.entries(OPTIONS)) {
  test(`Jaeger takes its configuration for ${place}`, { skip }, (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'jaeger-'))
    t.after(() => rmSync(folder, { recursive: true }))
    const file = join(folder, 'jaeger.json')
    writeFileSync(file, JSON.stringify(jaegerConfig(options)))
    const { status, stderr } = spawnSync(jaeger!, ['validate', '--config', file], {
      encoding: 'utf8',
    })
    assert.equal(status, 0, stderr)
  })
}

test('clients that ask are told the share that the services are started with', () => {
  assert.equal(samplingStrategies('kind').default_strategy.param, HEAD_SAMPLING.kind)
  assert.equal(samplingEnvironment('kind').OTEL_TRACES_SAMPLER_ARG, String(HEAD_SAMPLING.kind))
})

test('a trace leads to the board of a service, where there is a Grafana', () => {
  const prometheus = 'http://prometheus.test'
  assert.deepEqual(jaegerUi({ prometheus }).linkPatterns, [])
  const [link] = jaegerUi({ prometheus, grafana: 'http://grafana.test' }).linkPatterns
  assert.match(link!.url, /^http:\/\/grafana\.test\/d\/restofy-service\?/)
})
