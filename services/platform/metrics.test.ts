import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { Router } from 'express'
import { Registry } from 'prom-client'
import { metrics } from '#contracts/metrics.ts'
import { httpApp } from './http/app.ts'
import { describeBuild, gaugeFrom, registry } from './metrics.ts'
import { eventually, request, serve, silentLog } from './testing.ts'

const DURATION = 'http_request_duration_seconds'

describeBuild('1.2.3')

test('requests are counted by route template, and all unknown paths as one', async (t) => {
  const things = Router().get('/:id', (_req, res) => void res.json({}))
  const routes = Router().use('/things', things)
  const url = await serve(t, httpApp(silentLog, [routes]))
  for (const path of ['/things/1', '/things/2', '/a', '/b/c', '/things', '/livez']) {
    await request(url + path)
  }
  const counted = await eventually(async () => {
    const values = (await registry.getSingleMetric(DURATION)!.get()).values
    const counts = values.filter(
      (value) => 'metricName' in value && value.metricName === `${DURATION}_count`,
    )
    const rows = counts.map(
      ({ labels, value }) => `${labels.method} ${labels.route} ${labels.status_code} ${value}`,
    )
    return rows.length === 2 && rows.sort()
  })
  assert.deepEqual(counted, ['GET /things/:id 200 2', 'GET unmatched 404 3'])
})

test('a figure that cannot be read is absent, and the page is served all the same', async () => {
  gaugeFrom(metrics.outboxPending, async () => {
    throw new Error('the database is gone')
  })
  const page = await registry.metrics()
  assert.match(page, /restofy_build_info\{version="1\.2\.3"/)
  assert.equal(/^restofy_outbox_pending \d.*/m.exec(page)?.[0], undefined)
})

test('a figure read a second time in one process replaces the first', async () => {
  gaugeFrom(metrics.outboxPending, async () => [{ value: 1 }])
  gaugeFrom(metrics.outboxPending, async () => [{ value: 2 }])
  assert.match(await registry.metrics(), /^restofy_outbox_pending 2$/m)
})

const promtool = spawnSync('promtool', ['--version']).error ? 'promtool is not installed' : false

test('promtool finds no fault with the names', { skip: promtool }, async () => {
  const plain = new Registry()
  for (const metric of registry.getMetricsAsArray()) plain.registerMetric(metric as never)
  const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], {
    input: await plain.metrics(),
    encoding: 'utf8',
  })
  // prom-client's own default metrics, whose names are not ours to choose.
  const ours = `${stdout}${stderr}`
    .split('\n')
    .filter((line) => line && !/^(nodejs|process)_/.test(line))
  assert.deepEqual(ours, [])
  assert.ok(status === 0 || status === 3)
})
