import assert from 'node:assert/strict'
import { test } from 'node:test'
import { clusterBase } from './cluster-base.ts'
import { environmentNamed, environments, servicesOn } from './environments.ts'
import { handOff, MADE_BY, parseOutputs } from './hand-off.ts'
import { synthesise } from './synthesise.ts'

const PEM = '-----BEGIN CERTIFICATE-----\nZml4dHVyZQ==\n-----END CERTIFICATE-----\n'

/** As Terraform prints them after a deployment. */
const outputsOf = (name: string) => {
  const environment = environmentNamed(name)
  return {
    registry: `${environment.account}.dkr.ecr.eu-west-1.amazonaws.com`,
    postgres_servers: environment.postgres.map((server) => ({
      host: `restofy-${name}-${server.name}.abc.eu-west-1.rds.amazonaws.com`,
      port: 5432,
      user: 'restofy',
      secret_arn: `arn:aws:secretsmanager:eu-west-1:${environment.account}:secret:rds!db-${server.name}`,
      services: servicesOn(server, environment),
    })),
    redis_endpoint: 'rediss://master.restofy-redis.abc.euw1.cache.amazonaws.com:6379',
    rabbitmq_endpoint: 'amqps://b-1234.mq.eu-west-1.on.aws:5671',
    rabbitmq_console: 'https://b-1234.mq.eu-west-1.on.aws',
    certificate_arn: `arn:aws:acm:eu-west-1:${environment.account}:certificate/1`,
  }
}

for (const environment of environments) {
  const outputs = parseOutputs(outputsOf(environment.name), environment)

  test(`what ${environment.name} hands over satisfies the schema that kind satisfies too`, () => {
    const inputs = handOff(environment, outputs, PEM)
    assert.equal(inputs.environment, environment.name)
    assert.deepEqual(inputs.databases.run, 'external')
  })

  test(`every output that is handed over is made by the ${environment.name} stack it is said to be`, () => {
    const stacks = synthesise([environment])
    for (const [output, part] of Object.entries(MADE_BY)) {
      const stack = stacks.find(({ id }) => id === `${part}-${environment.name}`)
      assert.ok(stack?.json.output?.[output], `${part}-${environment.name} has no ${output}`)
    }
  })
}

test('a service finds its own server, and the secret of that server', () => {
  const environment = environmentNamed('production')
  const outputs = parseOutputs(outputsOf('production'), environment)
  const { databases, secrets } = handOff(environment, outputs, PEM)
  assert.ok(databases.run === 'external' && secrets.from === 'store')
  assert.match(databases.servers.payment!.host, /^restofy-production-payment\./)
  assert.match(databases.servers.tracking!.host, /^restofy-production-shared\./)
  assert.match(secrets.refs['payment-database-admin']!.key, /rds!db-payment$/)
  assert.equal(secrets.refs['payment-database-app']!.key, 'restofy/production/payment-database-app')
})

test('an output that is missing is one sentence that says what to deploy', () => {
  const { redis_endpoint: _, ...rest } = outputsOf('dev')
  assert.throws(() => parseOutputs(rest, environmentNamed('dev')), {
    message: 'dev has no usable redis_endpoint: deploy cache-dev first',
  })
})

test('every secret that is handed over by name is made by a stack', () => {
  const environment = environmentNamed('production')
  const { secrets } = handOff(environment, parseOutputs(outputsOf('production'), environment), PEM)
  assert.ok(secrets.from === 'store')
  const made = new Set(
    synthesise([environment]).flatMap(({ json }) =>
      Object.values(json.resource?.aws_secretsmanager_secret ?? {}).map(({ name }) => name),
    ),
  )
  const named = Object.values(secrets.refs).filter(({ property }) => !property)
  assert.deepEqual(
    named.map(({ key }) => key).filter((key) => !made.has(key)),
    [],
  )
})

test('a new cluster learns where disks, load balancers and secrets come from', () => {
  const environment = environmentNamed('dev')
  const base = clusterBase(environment, parseOutputs(outputsOf('dev'), environment))
  const { storageClass, entrance, secrets } = handOff(
    environment,
    parseOutputs(outputsOf('dev'), environment),
    PEM,
  )
  const names = (base as { items: { kind: string; metadata: { name: string } }[] }).items.map(
    ({ kind, metadata }) => `${kind}/${metadata.name}`,
  )
  assert.ok(entrance.by === 'ingress' && secrets.from === 'store')
  for (const needed of [
    `StorageClass/${storageClass}`,
    `IngressClass/${entrance.className}`,
    `ClusterSecretStore/${secrets.store}`,
  ]) {
    assert.ok(names.includes(needed), needed)
  }
})
