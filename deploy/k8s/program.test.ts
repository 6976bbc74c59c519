import assert from 'node:assert/strict'
import { test } from 'node:test'
import { services } from '../../services/catalogue.ts'
import { metrics } from '../../services/contracts/metrics.ts'
import { platformConfig } from '../../services/platform/config.ts'
import { fixtureRelease } from './fixtures.ts'
import { type Manifest, manifestsOf } from './manifests.ts'
import { workloadName } from './names.ts'

const kind = await manifestsOf(fixtureRelease('kind'))
const aws = await manifestsOf(fixtureRelease('aws'))

const find = (manifests: readonly Manifest[], wanted: string, name: string): Manifest => {
  const found = manifests.find(({ kind: is, metadata }) => is === wanted && metadata.name === name)
  assert.ok(found, `there is a ${wanted} ${name}`)
  return found
}
const containerOf = ({ spec }: Manifest) => spec.template.spec.containers[0]

for (const service of services) {
  for (const role of service.roles) {
    const name = workloadName(service, role)
    test(`${name} runs its own role and scales as its manifest says`, () => {
      const deployment = find(aws, 'Deployment', name)
      const { image, envFrom } = containerOf(deployment)
      assert.match(image, new RegExp(`amazonaws.com/restofy/${service.name}-service:0123456789ab$`))
      const { data } = find(aws, 'ConfigMap', envFrom[0].configMapRef.name)
      assert.equal(data.ROLES, role)
      assert.equal(data.PORT, String(service.port))
      const scaler = aws.find(
        ({ kind: is, metadata }) =>
          ['HorizontalPodAutoscaler', 'ScaledObject'].includes(is) && metadata.name === name,
      )!
      const { minReplicas, maxReplicas, minReplicaCount, maxReplicaCount } = scaler.spec
      assert.equal(minReplicas ?? minReplicaCount, service.replicas.min)
      assert.equal(maxReplicas ?? maxReplicaCount, service.replicas.max)
    })

    test(`${name} has everything its configuration asks for`, () => {
      const { env, envFrom } = containerOf(find(kind, 'Deployment', name))
      const { data } = find(kind, 'ConfigMap', envFrom[0].configMapRef.name)
      const files = env.filter((one: { name: string }) => one.name.endsWith('_FILE'))
      const secret = find(kind, 'Secret', secretNameOf(find(kind, 'Deployment', name)))
      const values = files.map((one: { name: string; value: string }) => [
        one.name.replace(/_FILE$/, ''),
        secret.stringData[one.value.split('/').at(-1)!],
      ])
      assert.ok(platformConfig(service, { ...data, ...Object.fromEntries(values) }))
    })
  }
}

const secretNameOf = ({ spec }: Manifest): string =>
  spec.template.spec.volumes.find(({ name }: { name: string }) => name === 'secrets').secret
    .secretName

test('what AWS hands over is used instead of servers in the cluster', () => {
  const servers = aws
    .filter(({ kind: is }) => is === 'StatefulSet')
    .map(({ metadata }) => metadata.name)
  assert.deepEqual(servers.toSorted(), [
    ...['alertmanager', 'collector', 'grafana', 'jaeger', 'kube-state-metrics', 'prometheus'],
  ])
  assert.deepEqual(
    aws.filter(({ kind: is }) => is === 'Secret'),
    [],
  )
  const { spec } = find(aws, 'ExternalSecret', 'order-secrets')
  assert.equal(
    spec.target.template.data.DATABASE_URL,
    'postgres://order_app:{{ index . "order-database-app" | urlquery }}@restofy-production-order.cluster.eu-west-1.rds.amazonaws.com:5432/order?sslmode=verify-full',
  )
  assert.match(spec.target.template.data.RABBITMQ_URL, /^amqps:\/\/restofy:\{\{ .* \}\}@b-/)
  assert.equal(find(aws, 'Ingress', 'entrance').spec.rules[0].host, 'api.restofy.example')
})

test('a secret never stands in a ConfigMap, in an argument or in the environment', () => {
  const texts = JSON.stringify(kind.filter(({ kind: is }) => is !== 'Secret'))
  assert.doesNotMatch(texts, /fixture-of-/)
})

test('every request a service may get reaches a pod that listens there', () => {
  for (const { metadata, spec } of kind.filter(({ kind: is }) => is === 'Service')) {
    const pods = kind.filter(({ spec: other }) =>
      Object.entries(spec.selector).every(
        ([key, value]) => other?.template?.metadata?.labels?.[key] === value,
      ),
    )
    assert.ok(pods.length > 0, `${metadata.name} selects pods`)
    const listening = pods.flatMap((pod) =>
      containerOf(pod).ports.map((port: { name: string }) => port.name),
    )
    for (const { targetPort } of spec.ports) {
      assert.ok(listening.includes(targetPort), `${metadata.name} leads to ${targetPort}`)
    }
  }
})

test('an autoscaler never meets a second one', () => {
  const scaled = aws
    .filter(({ kind: is }) => ['HorizontalPodAutoscaler', 'ScaledObject'].includes(is))
    .map(({ metadata }) => metadata.name)
  assert.equal(new Set(scaled).size, scaled.length)
  assert.ok(scaled.includes('order-worker'))
})

test('Prometheus is given the rules of the catalogue', () => {
  const map = kind.find(({ kind: is, data }) => is === 'ConfigMap' && data['rules.json'])!
  assert.match(map.data['rules.json'], new RegExp(metrics.httpDuration.name))
})
