import assert from 'node:assert/strict'
import { test } from 'node:test'
import { services } from '../../services/catalogue.ts'
import { edgesOf } from '../../services/edges.ts'
import { fixtureRelease } from './fixtures.ts'
import { manifestsOf } from './manifests.ts'
import { workloadName } from './names.ts'
import { podsOf, reaches } from './reach.ts'

const manifests = await manifestsOf(fixtureRelease('kind'))
const policies = manifests.filter(({ kind }) => kind === 'NetworkPolicy')
const pods = podsOf(manifests).filter(({ namespace }) => namespace === 'restofy')
const ports = new Set(
  manifests.flatMap(({ spec }) =>
    (spec?.template?.spec?.containers ?? []).flatMap(
      (container: { ports?: { containerPort: number }[] }) =>
        (container.ports ?? []).map(({ containerPort }) => containerPort),
    ),
  ),
)

/** Every connection the policies allow, as `from → to:port`. */
const allowed = pods.flatMap((from) =>
  pods.flatMap((to) =>
    [...ports]
      .filter((port) => from !== to && reaches(policies, from, to, port))
      .map((port) => `${from.workload} → ${to.workload}:${port}`),
  ),
)

const PORT = { postgres: 5_432, rabbitmq: 5_672, redis: 6_379 }
const both = (name: string) => {
  const service = services.find((one) => one.name === name)!
  return service.roles.map((role) => workloadName(service, role))
}

/** The same, from what the manifests declare and a list of who watches whom. */
function declared(): string[] {
  const requests = edgesOf(services)
    .filter(({ by }) => by !== 'message')
    .flatMap(({ from, to }) => {
      const { port, grpcPort } = services.find(({ name }) => name === to)!
      const { calls } = services.find(({ name }) => name === from)!
      const rpc = calls.some((call) => call.service === to && call.rpc)
      const used = rpc ? [grpcPort, ...(from === 'gateway' ? [port] : [])] : [port]
      return both(from).flatMap((workload) => used.map((each) => `${workload} → ${to}:${each}`))
    })
  const needs = services.flatMap(({ name, needs }) =>
    needs.flatMap((need) => [
      ...both(name).map((workload) => `${workload} → ${need}:${PORT[need]}`),
      ...(need === 'postgres' ? [`${name}-migration → ${need}:${PORT[need]}`] : []),
    ]),
  )
  const watched = services.flatMap(({ name }) =>
    both(name).flatMap((workload) => [
      `${workload} → collector:4318`,
      `prometheus → ${workload}:9464`,
    ]),
  )
  const servers = [
    ...['rabbitmq:15692', 'alertmanager:9093', 'jaeger:8888', 'collector:8889', 'grafana:3000'],
    ...['postgres-exporter:9187', 'redis-exporter:9121', 'kube-state-metrics:8080'],
  ].map((target) => `prometheus → ${target}`)
  const others = [
    ...['collector → jaeger:4317', 'jaeger → prometheus:9090'],
    ...['grafana → prometheus:9090', 'grafana → jaeger:16686'],
    ...['postgres-exporter → postgres:5432', 'redis-exporter → redis:6379'],
  ]
  return [...requests, ...needs, ...watched, ...servers, ...others]
}

test('pods reach each other exactly where the manifests declare it', () => {
  assert.deepEqual(allowed.toSorted(), [...new Set(declared())].toSorted())
})

test('a service that stops calling a neighbour can no longer reach it', async () => {
  const release = fixtureRelease('kind')
  const quiet = release.services.map((service) =>
    service.name === 'payment' ? { ...service, calls: [] } : service,
  )
  const without = await manifestsOf({ ...release, services: quiet })
  const [payment, acquirer] = ['payment', 'acquirer'].map(
    (name) => pods.find(({ workload }) => workload === name)!,
  )
  const left = without.filter(({ kind }) => kind === 'NetworkPolicy')
  assert.equal(reaches(policies, payment!, acquirer!, 3_009), true)
  assert.equal(reaches(left, payment!, acquirer!, 3_009), false)
})

test('only the entrance comes in from outside, and the pages of a machine of one’s own', async () => {
  const open = async (name: 'kind' | 'aws') =>
    (await manifestsOf(fixtureRelease(name)))
      .filter(({ kind, spec }) => kind === 'NetworkPolicy' && spec.ingress)
      .filter(({ spec }) => JSON.stringify(spec.ingress).includes('ipBlock'))
      .map(({ metadata }) => metadata.name)
      .toSorted()
  assert.deepEqual(await open('aws'), ['gateway-http'])
  assert.deepEqual(await open('kind'), [
    ...['alertmanager', 'gateway-http', 'grafana', 'jaeger', 'prometheus', 'rabbitmq'],
  ])
})
