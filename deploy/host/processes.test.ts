import assert from 'node:assert/strict'
import { test } from 'node:test'
import { services } from '../../services/catalogue.ts'
import type { ServiceManifest } from '../../services/manifest.ts'
import { serverPorts } from './ports.ts'
import { unprivileged } from './postgres.ts'
import { type Profile, testProfile } from './profile.ts'
import { withDatabases } from './secrets.ts'
import { serverProcesses } from './server-processes.ts'
import { type ServicePlan, serviceProcesses } from './service-processes.ts'

const profile: Profile = { dir: '/srv/restofy', offset: 0 }

function plan(catalogue: readonly ServiceManifest[], change: Partial<ServicePlan> = {}) {
  const secrets = withDatabases(
    { postgres: 'p', rabbitmq: 'r', apiKey: 'k', databases: {} },
    catalogue,
  )
  const base = { profile, services: catalogue, secrets, instances: {}, node: '/node', version: '1' }
  return serviceProcesses({ ...base, ...change })
}

const servers = (where: Profile, root = false) =>
  serverProcesses({
    profile: where,
    binaries: {
      initdb: '/initdb',
      postgres: '/postgres',
      redis: '/redis',
      rabbitmq: '/rabbitmq',
      prometheus: '/prometheus',
      alertmanager: '/alertmanager',
    },
    root,
    node: '/node',
    traces: true,
  })

const process = (name: string, catalogue = services, change: Partial<ServicePlan> = {}) =>
  plan(catalogue, change).find((definition) => definition.name === name)!

test('every service of the catalogue is a process, in its order', () => {
  assert.deepEqual(
    plan(services).map(({ name }) => name),
    services.map(({ name }) => name),
  )
})

test('no two processes share a port, in either profile, with three of each service', () => {
  const instances = Object.fromEntries(services.map(({ name }) => [name, 3]))
  for (const where of [profile, testProfile]) {
    const all = [...servers(where), ...plan(services, { profile: where, instances })]
    const ports = all.flatMap((definition) => definition.ports)
    assert.equal(new Set(ports).size, ports.length)
    // Above, Linux hands them out to outgoing connections.
    assert.ok(Math.max(...ports) < 32_768, String(Math.max(...ports)))
  }
})

test('the heap takes three quarters of the memory in the manifest', () => {
  assert.equal(process('order').args[0], '--max-old-space-size=240')
})

test('a service gets the database it needs and no other service its key', () => {
  assert.match(
    process('order').env.DATABASE_URL!,
    /^postgres:\/\/order_app:\w+@%2Fsrv%2Frestofy%2Fpostgres:15432\/order$/,
  )
  assert.equal(process('gateway').env.DATABASE_URL, undefined)
  assert.ok(process('customer').env.TOKEN_KEY_FILE)
  assert.equal(process('order').env.TOKEN_KEY_FILE, undefined)
})

test('where the path is too long for a Unix socket, PostgreSQL is reached by TCP', () => {
  const deep = { ...profile, dir: `/srv/${'restofy'.repeat(12)}` }
  const order = process('order', services, { profile: deep })
  assert.match(order.env.DATABASE_URL!, /@127\.0\.0\.1:15432\/order$/)
  const postgres = servers(deep).find(({ name }) => name === 'postgres')!
  assert.ok(postgres.args.includes('unix_socket_directories='))
})

test('a caller is told all instances of its neighbour', () => {
  const env = process('payment', services, { instances: { order: 2 } }).env
  assert.equal(env.ORDER_URL, 'http://127.0.0.1:3001,http://127.0.0.1:3101')
  assert.equal(env.RESTAURANT_URL, undefined)
  const overGrpc = process('order', services, { instances: { restaurant: 2 } }).env
  assert.equal(overGrpc.RESTAURANT_GRPC, 'ipv4:127.0.0.1:4002,127.0.0.1:4102')
  assert.equal(overGrpc.RESTAURANT_URL, undefined)
})

test('the gateway is told every service that has routes', () => {
  const routed = services.filter(({ routes }) => routes.length > 0)
  for (const { name } of routed)
    assert.ok(process('gateway').env[`${name.toUpperCase()}_URL`], name)
  assert.equal(process('gateway').env.ACQUIRER_URL, undefined)
})

test('a second instance has a name and ports of its own', () => {
  const second = process('order-2', services, { instances: { order: 2 } })
  assert.deepEqual(second.ports, [3_101, 9_565, 4_101])
  assert.equal(second.env.PORT, '3101')
})

test('nothing listens beyond this machine', () => {
  const text = JSON.stringify([...servers(profile), ...plan(services)])
  assert.doesNotMatch(text, /0\.0\.0\.0/)
})

test('PostgreSQL gives up root and keeps only the right to read through folders', () => {
  assert.deepEqual(unprivileged(false, ['postgres']), ['postgres'])
  const command = unprivileged(true, ['postgres', '-D', 'data']).join(' ')
  assert.match(command, /^setpriv --reuid=postgres .*-all,\+dac_read_search postgres -D data$/)
})

test('the offset moves every port', () => {
  const moved = serverPorts({ offset: 10_000 })
  for (const [name, port] of Object.entries(serverPorts({ offset: 0 }))) {
    assert.equal(moved[name as keyof typeof moved], port + 10_000)
  }
})
