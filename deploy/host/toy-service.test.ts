import assert from 'node:assert/strict'
import { test } from 'node:test'
import { services } from '../../services/catalogue.ts'
import type { ServiceManifest } from '../../services/manifest.ts'
import { grantStatements, roleStatements } from '../../services/platform/database.ts'
import { latencyRules } from '../prometheus/red-rules.ts'
import { scrapeTargets } from './scrape-targets.ts'
import { withDatabases } from './secrets.ts'
import { serviceProcesses } from './service-processes.ts'

const loyalty: ServiceManifest = {
  name: 'loyalty',
  summary: 'A toy: points for orders.',
  port: 3_042,
  roles: ['http', 'worker'],
  routes: [{ method: 'get', path: '/points/:id' }],
  calls: [{ service: 'customer', timeoutMs: 500, retries: 1 }],
  emits: [],
  hears: [],
  needs: ['postgres', 'rabbitmq', 'redis'],
  replicas: { min: 1, max: 2 },
  resources: { cpu: '100m', memory: '128Mi' },
  slo: { availability: 0.99, latency: { share: 0.99, withinMs: 500 } },
}

const catalogue = [...services, loyalty]
const profile = { dir: '/srv/restofy', offset: 0 }
const secrets = withDatabases(
  { postgres: 'p', rabbitmq: 'r', apiKey: 'k', databases: {} },
  catalogue,
)

test('a service added to the catalogue runs with all it needs', () => {
  const plan = { profile, services: catalogue, secrets, instances: {}, node: '/node', version: '1' }
  const processes = new Map(serviceProcesses(plan).map((process) => [process.name, process]))
  const { args, env, ports } = processes.get('loyalty')!

  assert.equal(args.at(-1), 'services/loyalty/main.ts')
  assert.equal(args[0], '--max-old-space-size=96')
  assert.deepEqual(ports, [3_042, 9_506])
  assert.equal(env.ROLES, 'http,worker')
  assert.match(env.DATABASE_URL!, /loyalty_app:\w{48}@.*\/loyalty$/)
  assert.match(env.RABBITMQ_URL!, /^amqp:\/\/restofy:r@/)
  assert.equal(env.REDIS_URL, 'redis://127.0.0.1:16379')
  assert.equal(env.CUSTOMER_URL, 'http://127.0.0.1:3004')
  assert.equal(processes.get('gateway')!.env.LOYALTY_URL, 'http://127.0.0.1:3042')
})

test('a service added to the catalogue gets a database of its own', () => {
  const statements = [
    ...roleStatements('loyalty', secrets.databases.loyalty!, new Set()),
    ...grantStatements('loyalty'),
  ].join('\n')
  assert.match(statements, /create role "loyalty_owner" login nosuperuser/)
  assert.match(statements, /create role "loyalty_app" login nosuperuser/)
  assert.match(statements, /revoke all on database "loyalty" from public/)
  assert.match(statements, /grant select, insert, update, delete on tables to "loyalty_app"/)
})

test('a service added to the catalogue is scraped, every instance of it, and has its objective recorded', () => {
  const targets = scrapeTargets(profile, catalogue, { loyalty: 2 })
  assert.deepEqual(targets.find(({ service }) => service === 'loyalty')?.targets, [
    '127.0.0.1:9506',
    '127.0.0.1:9606',
  ])
  const rule = latencyRules(catalogue).rules.find(({ labels }) => labels?.service === 'loyalty')
  assert.match(rule!.expr, /le="0\.5"/)
})

test('the passwords of the others stay when a service joins', () => {
  const before = withDatabases({ ...secrets, databases: {} }, services)
  const after = withDatabases(before, catalogue)
  assert.deepEqual(after.databases.order, before.databases.order)
  assert.ok(after.databases.loyalty)
})
