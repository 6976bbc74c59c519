import assert from 'node:assert/strict'
import { test } from 'node:test'
import { services } from '../../services/catalogue.ts'
import { environmentNamed, environments, parseEnvironments, servicesOn } from './environments.ts'
import { synthesise } from './synthesise.ts'

const stacks = synthesise()

test('two runs write the same bytes', () => {
  assert.deepEqual(
    synthesise().map(({ id, text }) => [id, text]),
    stacks.map(({ id, text }) => [id, text]),
  )
})

test('every environment has the same stacks', () => {
  const partsOf = (name: string) =>
    stacks.filter(({ environment }) => environment.name === name).map(({ id }) => id.split('-')[0])
  for (const { name } of environments) assert.deepEqual(partsOf(name), partsOf('dev'))
})

test('references between stacks are read from the state of the other stack', () => {
  for (const { id, text, json } of stacks) {
    const { resource = {} } = json
    for (const [, type, name] of text.matchAll(/\$\{(aws_[a-z_0-9]+)\.([\w-]+)/g)) {
      assert.ok(resource[type!]?.[name!], `${id} names ${type}.${name}, which is not in it`)
    }
  }
})

test('every service that needs a database has exactly one server', () => {
  const needing = services.filter(({ needs }) => needs.includes('postgres'))
  for (const environment of environments) {
    const placed = environment.postgres.flatMap((server) => servicesOn(server, environment))
    assert.deepEqual(placed.sort(), needing.map(({ name }) => name).sort(), environment.name)
  }
})

test('an emulated stack keeps its state beside it and reaches nothing but the emulator', () => {
  for (const { id, json } of synthesise([environmentNamed('dev')], 'http://127.0.0.1:5000')) {
    assert.deepEqual(json.terraform.backend, { local: { path: `../${id}/terraform.tfstate` } })
    const [provider] = json.provider.aws
    const urls = Object.values((provider!.endpoints as object[])[0]!)
    assert.deepEqual([...new Set(urls)], ['http://127.0.0.1:5000'])
  }
})

test('an unknown environment is refused with the known ones', () => {
  assert.throws(() => environmentNamed('prod'), {
    message: 'ENV=prod is not an environment: give one of dev, staging, production',
  })
})

test('a mistake in environments.ts is one sentence with its place', () => {
  const wrong = { ...environments[0]!, region: 'eu-west', monthlyBudgetUsd: -1 }
  assert.throws(
    () => parseEnvironments([wrong]),
    /^Error: environments\.ts: dev\.region: .*\nenvironments\.ts: dev\.monthlyBudgetUsd: /,
  )
})
