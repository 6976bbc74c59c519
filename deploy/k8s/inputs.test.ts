import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { services } from '../../services/catalogue.ts'
import { parseInputs } from './inputs.ts'

const fixture = (name: string) =>
  JSON.parse(readFileSync(new URL(`./fixtures/${name}.json`, import.meta.url), 'utf8'))

for (const name of ['kind', 'aws']) {
  test(`what ${name} hands over satisfies the schema`, () => {
    assert.deepEqual(parseInputs(fixture(name), services), fixture(name))
  })
}

const mistakes = [
  [
    'a field that nobody knows',
    { storageclass: 'gp3' },
    /inputs: Unrecognized key: "storageclass"/,
  ],
  ['a missing field', { broker: undefined }, /^ {2}broker: is missing$/m],
  [
    'a port that is none',
    { broker: { ...fixture('aws').broker, port: 70_000 } },
    /broker\.port: .*65535/,
  ],
  ['a way in that does not exist', { entrance: { by: 'tunnel' } }, /entrance\.by: /],
  [
    'a registry that ends in a slash',
    { images: { registry: 'a.example/' } },
    /images\.registry: ends in a slash/,
  ],
  [
    'a secret that is missing',
    { secrets: { from: 'store', store: 'a', refs: {} } },
    /secrets\.refs\.order-database-owner: is missing/,
  ],
  [
    'a service whose database is nowhere',
    { databases: { ...fixture('aws').databases, servers: {} } },
    /databases\.servers\.order: is missing, order needs postgres/,
  ],
] as const

for (const [what, change, sentence] of mistakes) {
  test(`${what} is one clear sentence`, () => {
    assert.throws(() => parseInputs({ ...fixture('aws'), ...change }, services), sentence)
  })
}

test('all mistakes are named at once', () => {
  const wrong = { ...fixture('aws'), replicas: 'many', cpuShare: 2 }
  assert.throws(() => parseInputs(wrong, services), /replicas: .*\n.*cpuShare: /)
})
