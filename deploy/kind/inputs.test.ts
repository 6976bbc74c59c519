import assert from 'node:assert/strict'
import { test } from 'node:test'
import { services } from '../../services/catalogue.ts'
import { thirdPartyImages } from '../k8s/images.ts'
import { secretNames } from '../k8s/secret-names.ts'
import { assertEnough, OPTIONAL } from './found-images.ts'
import { kindInputs } from './inputs.ts'

const values = Object.fromEntries(secretNames(services).map((name) => [name, 'secret']))

test('what no registry has is left out of the cluster, and of nothing else', () => {
  const all = kindInputs(services, 'default', values, () => true)
  assert.deepEqual(
    [all.observability.grafana, all.observability.exporters, all.addons.metricsServer],
    [true, true, 'install'],
  )
  const without = (name: string) => kindInputs(services, 'default', values, (has) => has !== name)
  assert.deepEqual(without('grafana'), {
    ...all,
    observability: { ...all.observability, grafana: false },
  })
  assert.equal(without('redisExporter').observability.exporters, false)
  assert.equal(without('metricsServer').addons.metricsServer, 'absent')
})

test('a cluster is not begun when a server it cannot be without is nowhere', () => {
  const images = thirdPartyImages()
  assertEnough(new Set([...OPTIONAL, 'jaeger']), images)
  assert.throws(
    () => assertEnough(new Set(['postgres', 'grafana']), images),
    /has postgres:17-bookworm \(another one by IMAGE_POSTGRES\)$/,
  )
})
