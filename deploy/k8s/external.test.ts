import assert from 'node:assert/strict'
import { test } from 'node:test'
import { services } from '../../services/catalogue.ts'
import { fixtureRelease } from './fixtures.ts'
import { type Manifest, manifestsOf } from './manifests.ts'
import { labelsOf } from './names.ts'
import { migrationSecrets, serviceSecrets } from './secret-files.ts'

// What a cluster runs when infrastructure hands over its databases, broker, cache and secrets.
const release = fixtureRelease('aws')
const { databases, broker, cache, secrets } = release.inputs
assert.ok(databases.run === 'external' && broker.run === 'external' && cache.run === 'external')
assert.ok(secrets.from === 'store')
const manifests = await manifestsOf(release)
const kept = (kind: string): Manifest[] => manifests.filter((manifest) => manifest.kind === kind)
const external = new Map(kept('ExternalSecret').map((one) => [one.metadata.name, one.spec]))

// biome-ignore lint/suspicious/noExplicitAny: pods of every kind
const pods: { name: string; labels: Record<string, string>; spec: any }[] = manifests.flatMap(
  ({ spec, metadata }) =>
    spec?.template?.spec?.containers
      ? [{ name: metadata.name, labels: spec.template.metadata.labels, spec: spec.template.spec }]
      : [],
)

test('no server that holds data runs in the cluster, and nothing watches one', () => {
  const { postgres, rabbitmq, redis, postgresExporter, redisExporter } = release.images
  const never: string[] = [postgres, rabbitmq, redis, postgresExporter, redisExporter]
  for (const { name, spec } of pods) {
    for (const { image } of spec.containers) assert.ok(!never.includes(image), `${name}: ${image}`)
  }
  const named = manifests.filter(({ metadata }) => /^(postgres|rabbitmq|redis)/.test(metadata.name))
  assert.deepEqual(named, [])
})

test('no secret is in the program: each is fetched from the store, by the name handed over', () => {
  assert.deepEqual(kept('Secret'), [])
  for (const [name, spec] of external) {
    assert.equal(spec.secretStoreRef.name, secrets.store)
    for (const { secretKey, remoteRef } of spec.data) {
      const ref: { key: string; property?: string } = secrets.refs[secretKey]!
      assert.deepEqual([remoteRef.key, remoteRef.property], [ref.key, ref.property], name)
    }
  }
  const fetched = [...external.values()].flatMap((spec) =>
    spec.data.map(({ secretKey }: { secretKey: string }) => secretKey),
  )
  assert.deepEqual([...new Set(fetched)].sort(), Object.keys(secrets.refs).sort())
})

test('every file that a pod reads is one that its secret brings', () => {
  let read = 0
  for (const { name, spec } of pods) {
    const volume = spec.volumes?.find(({ secret }: { secret?: object }) => secret)
    if (!volume) continue
    const brought = Object.keys(external.get(volume.secret.secretName)?.target.template.data ?? {})
    const mounted = spec.containers[0].volumeMounts.find(
      (mount: { name: string }) => mount.name === volume.name,
    )
    const files = (spec.containers[0].env ?? [])
      .map(({ value }: { value?: string }) => value)
      .filter((value?: string) => value?.startsWith(`${mounted.mountPath}/`))
    for (const file of files) {
      assert.ok(brought.includes(file.split('/').at(-1)), `${name}: ${file}`)
      read++
    }
  }
  assert.ok(read > 50)
})

for (const service of services) {
  test(`${service.name} reaches its servers outside, over TLS, each by its own address`, () => {
    const { data } = external.get(`${service.name}-secrets`)!.target.template
    assert.deepEqual(
      Object.keys(data).sort(),
      Object.keys(serviceSecrets(service, release.inputs)).sort(),
    )
    const { host, port } = databases.servers[service.name] ?? {}
    const addresses: Record<string, RegExp> = {
      DATABASE_URL: new RegExp(`^postgres://.*@${host}:${port}/.*sslmode=verify-full$`),
      RABBITMQ_URL: new RegExp(`^amqps://.*@${broker.host}:${broker.port}`),
      REDIS_URL: new RegExp(`^rediss://.*@${cache.host}:${cache.port}`),
    }
    for (const [variable, address] of Object.entries(addresses)) {
      if (data[variable]) assert.match(data[variable], address)
    }
    if (!service.needs.includes('postgres')) return

    const migration = external.get(`${service.name}-migration`)!.target.template.data
    assert.deepEqual(
      Object.keys(migration).sort(),
      Object.keys(migrationSecrets(service, release.inputs)).sort(),
    )
    assert.match(migration.ADMIN_DATABASE_URL, new RegExp(`@${host}:${port}/postgres`))
    const own = pods.filter(({ labels }) =>
      [service.name, `${service.name}-migration`].includes(labels['app.kubernetes.io/name']!),
    )
    assert.equal(own.length, service.roles.length + 1)
    for (const { name, spec } of own) {
      const authority = spec.volumes.find((volume: { name: string }) => volume.name === 'authority')
      assert.equal(authority?.configMap.name, 'database-authority', name)
    }
  })
}

test('a service may reach the networks of its servers, and only those that it needs', () => {
  const ports = { postgres: 5_432, rabbitmq: broker.port, redis: cache.port }
  const networks = { postgres: databases.cidrs, rabbitmq: broker.cidrs, redis: cache.cidrs }
  for (const service of services) {
    const labels = labelsOf(service.name, service.roles[0]!)
    const out = kept('NetworkPolicy')
      .filter(({ spec }) =>
        Object.entries(spec.podSelector.matchLabels ?? {}).every(
          ([key, value]) => labels[key] === value,
        ),
      )
      .flatMap(({ spec }) => spec.egress ?? [])
    for (const need of Object.keys(ports) as (keyof typeof ports)[]) {
      const opened = out
        .filter(({ ports: own }) => own?.some(({ port }: { port: number }) => port === ports[need]))
        .flatMap(({ to }) => to.map((peer: { ipBlock?: { cidr: string } }) => peer.ipBlock?.cidr))
      const expected = service.needs.includes(need) ? networks[need] : []
      assert.deepEqual([...new Set(opened)].sort(), [...expected].sort(), `${service.name} ${need}`)
    }
  }
})
