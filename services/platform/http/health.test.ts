import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { request, serve, silentLog } from '../testing.ts'
import { httpApp } from './app.ts'
import { type HealthDeps, healthRoutes } from './health.ts'

async function start(t: TestContext, deps: Partial<HealthDeps> = {}) {
  const health = healthRoutes({
    service: 'order',
    version: '1.2.3',
    environment: 'host',
    checks: {},
    ready: () => true,
    ...deps,
  })
  return serve(t, httpApp(silentLog, [health]))
}

const dead = () => Promise.reject(new Error('ECONNREFUSED, with a password perhaps'))

test('health has the shape of the guide', async (t) => {
  const url = await start(t, { checks: { database: async () => {} } })
  const { status, body } = await request(`${url}/health`)
  assert.equal(status, 200)
  const { timestamp, uptime, dependencies, resources, ...rest } = body
  assert.deepEqual(rest, {
    service: 'order-service',
    status: 'healthy',
    version: '1.2.3',
    environment: 'host',
  })
  assert.equal(new Date(timestamp).toISOString(), timestamp)
  assert.ok(uptime > 0)
  assert.equal(dependencies.database.status, 'healthy')
  assert.equal(typeof dependencies.database.latencyMs, 'number')
  assert.ok(resources.memory.rss > 0)
  assert.ok(resources.cpu.user > 0)
})

test('one dependency that fails makes the service unhealthy and is named', async (t) => {
  const url = await start(t, { checks: { database: async () => {}, rabbitmq: dead } })
  const { status, body, text } = await request(`${url}/health`)
  assert.equal(status, 503)
  assert.equal(body.status, 'unhealthy')
  assert.equal(body.dependencies.database.status, 'healthy')
  assert.equal(body.dependencies.rabbitmq.status, 'unhealthy')
  assert.doesNotMatch(text, /password/)
})

test('a dependency that hangs is unhealthy after a moment', async (t) => {
  const url = await start(t, { checks: { database: () => new Promise(() => {}) } })
  const { status, body } = await request(`${url}/health`)
  assert.equal(status, 503)
  assert.equal(body.dependencies.database.status, 'unhealthy')
})

test('a process with everything dead around it is alive, and ready or not by its own word', async (t) => {
  let ready = true
  const url = await start(t, { checks: { database: dead, rabbitmq: dead }, ready: () => ready })
  assert.equal((await request(`${url}/livez`)).status, 200)
  assert.equal((await request(`${url}/readyz`)).status, 200)
  ready = false
  assert.equal((await request(`${url}/livez`)).status, 200)
  assert.equal((await request(`${url}/readyz`)).status, 503)
})
