import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { eventually, request } from '#platform/testing.ts'
import { metricsPort } from '../deploy/host/ports.ts'
import { logFile } from '../deploy/host/supervisor.ts'
import { findTool } from '../deploy/host/tools.ts'
import { services } from '../services/catalogue.ts'
import { tracesOf } from './jaeger.ts'
import { basket, becomes, GATEWAY, openShop, someone } from './people.ts'
import { profile } from './stack.ts'

test('passwords, card tokens and access tokens appear in no log, trace or metric', async () => {
  const password = `canary-${crypto.randomUUID()}`
  const token = `tok_canary_${crypto.randomUUID()}`
  const email = `canary-${crypto.randomUUID()}@restofy.test`
  const api = `${GATEWAY}/api/v1`
  await request(`${api}/auth/register`, { body: { name: 'Canary', email, password } })
  await request(`${api}/auth/login`, { body: { email, password: `${password}-wrong` } })
  const login = await request(`${api}/auth/login`, { body: { email, password } })
  const { accessToken, refreshToken } = login.body
  const correlationId = `canary-run-${crypto.randomUUID()}`
  const shop = await openShop()
  const customer = await someone('customer')
  const order = await customer.call('POST', '/orders', basket(shop, { token }), {
    'x-correlation-id': correlationId,
  })
  await becomes(customer, order.body.id, 'cancelled')
  await request(`${api}/orders/${order.body.id}`, {
    headers: { authorization: `Bearer ${accessToken}` },
  })

  const canaries = [password, token, email, accessToken.split('.')[2], refreshToken]
  // The run has reached the logs before they are searched.
  await eventually(async () => (await logOf('notification')).includes(correlationId))
  const places = await Promise.all(
    services.map(async (service) => ({
      [`log of ${service.name}`]: await logOf(service.name),
      [`metrics of ${service.name}`]: await metricsOf(service),
      [`traces of ${service.name}`]: await tracesTextOf(service.name),
    })),
  )
  for (const [place, text] of Object.entries(
    Object.assign({}, ...places) as Record<string, string>,
  )) {
    assert.ok(text.length > 0, `${place} is empty`)
    for (const canary of canaries) assert.ok(!text.includes(canary), `${canary} is in the ${place}`)
  }
})

const logOf = (name: string) => readFile(logFile(profile, name), 'utf8')

const metricsOf = async (service: (typeof services)[number]) =>
  (await request(`http://127.0.0.1:${metricsPort(service, profile)}/metrics`)).text

const traces = await findTool('jaeger')

async function tracesTextOf(name: string): Promise<string> {
  return traces ? JSON.stringify(await tracesOf(name, 50)) : 'no Jaeger, no traces'
}
