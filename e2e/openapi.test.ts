import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Validator } from '@seriousme/openapi-schema-validator'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { type Answer, readEvents, request } from '#platform/testing.ts'
import { services } from '../services/catalogue.ts'
import { basket, becomes, GATEWAY, openShop, type Person, someAdmin, someone } from './people.ts'

const { body: document } = await request(`${GATEWAY}/openapi.json`)
const ajv = new Ajv2020({ strict: false })
addFormats.default(ajv)
ajv.addSchema(document, 'api')

const escaped = (part: string) => part.replaceAll('~', '~0').replaceAll('/', '~1')
const seen = new Set<string>()
const operations = (): string[] =>
  Object.entries<object>(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method} ${path}`),
  )

/** Fails unless the document allows this answer to this operation: its status, its type, its body. */
function conforms(method: string, template: string, answer: Answer): Answer {
  const { status, body, headers, text } = answer
  const path = document.paths[template] ? template : `/api/v1${template}`
  const operation = document.paths[path]?.[method.toLowerCase()]
  assert.ok(operation, `${method} ${path} is not documented`)
  const response = operation.responses[status]
  assert.ok(response, `${method} ${path} answered ${status}, which is not documented: ${text}`)
  seen.add(`${method.toLowerCase()} ${path}`)
  const [type] = Object.keys(response.content ?? {})
  if (!type) return answer
  assert.equal(headers.get('content-type')?.split(';')[0], type)
  const pointer = [
    'paths',
    path,
    method.toLowerCase(),
    'responses',
    String(status),
    'content',
    type,
  ]
  const validate = ajv.getSchema(`api#/${pointer.map(escaped).join('/')}/schema`)
  assert.ok(validate)
  assert.ok(validate(body), `${method} ${path}: ${JSON.stringify(validate.errors)} in ${text}`)
  return answer
}

/** Calls a documented path with its parameters filled in. */
async function call(
  person: Person,
  operation: string,
  { body, ...ids }: { body?: unknown } & Record<string, unknown> = {},
): Promise<Answer> {
  const [method, template] = operation.split(' ') as [string, string]
  const path = template.replace(/\{(\w+)\}/g, (_, name) => String(ids[name]))
  return conforms(method, template, await person.call(method, path, body))
}

test('the document is valid, and holds what the manifests declare', async () => {
  assert.deepEqual(await new Validator().validate(structuredClone(document)), { valid: true })
  const declared = services.flatMap(({ routes }) =>
    routes.map(({ method, path, unversioned }) => {
      const template = path.replace(/:(\w+)/g, '{$1}')
      const roots = unversioned ? [''] : ['/api/v1', '/api/v2']
      return roots.map((root) => `${method} ${root}${template}`)
    }),
  )
  const own = ['get /health', 'get /livez', 'get /openapi.json', 'get /readyz']
  assert.deepEqual(operations().sort(), [...declared.flat(), ...own].sort())
})

test('accounts answer as documented', async () => {
  const customer = await someone('customer')
  const stranger = await someone('customer')
  const account = {
    ...{ name: 'Mia', password: 'long enough', role: 'customer' },
    email: `${crypto.randomUUID()}@restofy.test`,
  }
  const { email, password } = account
  for (const body of [account, account, {}]) await call(customer, 'POST /auth/register', { body })
  for (const body of [account, { email, password }, { email, password: 'wrong' }]) {
    await call(customer, 'POST /auth/login', { body })
  }
  const { refreshToken } = (await call(customer, 'POST /auth/login', { body: { email, password } }))
    .body
  const pair = (await call(customer, 'POST /auth/refresh', { body: { refreshToken } })).body
  await call(customer, 'POST /auth/refresh', { body: { refreshToken } })
  await call(customer, 'POST /auth/logout', { body: { refreshToken: pair.refreshToken } })
  const { id } = customer
  await call(customer, 'GET /customers/{id}', { id })
  await call(stranger, 'GET /customers/{id}', { id })
  await call(customer, 'PUT /customers/{id}', { id, body: { name: 'Mia M.' } })
  await call(customer, 'PUT /customers/{id}', { id, body: { email } })
  await call(stranger, 'DELETE /customers/{id}', { id: stranger.id })
  const keys = await request(`${GATEWAY}/.well-known/jwks.json`)
  conforms('GET', '/.well-known/jwks.json', keys)
})

test('restaurants, menus and stock answer as documented', async () => {
  const { owner, restaurantId, itemId } = await openShop({ stock: 50 })
  const customer = await someone('customer')
  const name = 'Verde'
  const { id } = (await call(owner, 'POST /restaurants', { body: { name, cuisine: 'Vegan' } })).body
  await call(customer, 'POST /restaurants', { body: { name } })
  await call(customer, 'GET /restaurants')
  await call(customer, 'GET /restaurants/{id}', { id })
  await call(customer, 'GET /restaurants/{id}', { id: crypto.randomUUID() })
  await call(owner, 'PUT /restaurants/{id}', { id, body: { address: 'Main Street 1' } })

  const dish = { id, body: { name: 'Soup', price: 5 } }
  const item = { id, itemId: (await call(owner, 'POST /restaurants/{id}/menu', dish)).body.id }
  await call(owner, 'PUT /restaurants/{id}/menu/{itemId}', { ...item, body: { price: 5.5 } })
  await call(customer, 'GET /restaurants/{id}/menu', { id })
  await call(owner, 'DELETE /restaurants/{id}/menu/{itemId}', item)
  await call(owner, 'DELETE /restaurants/{id}/menu/{itemId}', item)
  await call(owner, 'DELETE /restaurants/{id}', { id })

  await call(owner, 'GET /restaurants/{restaurantId}/stock', { restaurantId })
  const stock = { restaurantId, itemId, body: { available: 40 } }
  await call(owner, 'PUT /restaurants/{restaurantId}/stock/{itemId}', stock)
})

test('orders, payments and what is told of them answer as documented', async () => {
  const shop = await openShop({ price: 12.5 })
  const { owner, restaurantId } = shop
  const customer = await someone('customer')
  const stranger = await someone('customer')
  const placed = await call(customer, 'POST /orders', { body: basket(shop, { token: 'tok_ok' }) })
  assert.throws(() => conforms('POST', '/orders', { ...placed, body: {} }), /required/)
  assert.throws(() => conforms('POST', '/orders', { ...placed, status: 418 }), /418/)
  await becomes(customer, placed.body.id, 'paid')
  const order = { id: placed.body.id }
  await call(customer, 'GET /orders/{id}', order)
  await call(stranger, 'GET /orders/{id}', order)
  const whole = await customer.call('GET', `/orders/${order.id}?include=customer,restaurant`)
  conforms('GET', '/orders/{id}', whole)
  assert.deepEqual([whole.body.order.id, whole.body.customer.id], [order.id, customer.id])
  assert.equal(whole.body.restaurant.id, restaurantId)
  conforms('GET', '/orders/{id}', await customer.call('GET', `/orders/${order.id}?include=moon`))
  await call(customer, 'GET /orders/{id}/history', order)
  await call(stranger, 'GET /orders/{id}/history', order)
  const events = `${GATEWAY}/api/v1/orders/${order.id}/events`
  const stream = await readEvents(events, customer.headers, ({ length }) => length > 0)
  const [event] = stream.events
  const shown = { ...event, data: JSON.stringify(event!.data) }
  conforms('GET', '/orders/{id}/events', { ...stream, body: shown, text: '' })
  await call(stranger, 'GET /orders/{id}/events', order)
  await call(customer, 'POST /orders/{id}/accept', order)
  for (const step of ['accept', 'accept', 'ready', 'deliver', 'cancel']) {
    await call(owner, `POST /orders/{id}/${step}`, order)
  }

  const { restaurantId: _, ...body } = basket(shop)
  const byHand = await call(customer, 'POST /restaurants/{restaurantId}/orders', {
    ...{ restaurantId, body },
  })
  const payment = { orderId: byHand.body.id, amount: 12.5, method: 'card' }
  await call(customer, 'POST /payments', { body: { ...payment, amount: 1 } })
  const paid = await call(customer, 'POST /payments', { body: payment })
  await call(customer, 'POST /payments', { body: payment })
  await call(customer, 'GET /payments/{id}', { id: paid.body.id })
  await call(stranger, 'GET /payments/{id}', { id: paid.body.id })

  const admin = await someAdmin()
  for (const amount of [2.5, 100]) {
    const refund = { id: paid.body.id, body: { amount, reason: 'cold' } }
    await call(admin, 'POST /payments/{id}/refunds', refund)
  }

  const customerId = customer.id
  await call(customer, 'GET /orders')
  await call(owner, 'GET /restaurants/{restaurantId}/orders', { restaurantId })
  await call(customer, 'GET /customers/{customerId}/orders', { customerId })
  await call(customer, 'GET /customers/{customerId}/notifications', { customerId })
})

test('version 2 answers as it is documented', async () => {
  const shop = await openShop({ price: 7.25 })
  const { owner, restaurantId: id } = shop
  const v2 = async (person: Person, operation: string, path: string, body?: unknown) => {
    const [method, template] = operation.split(' ') as [string, string]
    const { headers } = person
    const answer = await request(`${GATEWAY}/api/v2${path}`, { method, body, headers })
    return conforms(method, `/api/v2${template}`, answer)
  }
  const price = { amountCents: 150, currency: 'EUR' }
  const dish = `/restaurants/${id}/menu`
  const added = await v2(owner, 'POST /restaurants/{id}/menu', dish, { name: 'Soup', price })
  assert.deepEqual([added.status, added.body.price], [201, price])
  await v2(owner, 'GET /restaurants/{id}/menu', dish)
  await v2(owner, 'GET /restaurants', '/restaurants?limit=1')
  const customer = await someone('customer')
  const placed = await v2(customer, 'POST /orders', '/orders', basket(shop, { token: 'tok_ok' }))
  assert.throws(() => conforms('POST', '/orders', placed), /totalAmount/, 'it is no version 1')
  await becomes(customer, placed.body.id, 'paid')
  await v2(customer, 'GET /orders/{id}', `/orders/${placed.body.id}`)
  await v2(customer, 'GET /orders/{id}/history', `/orders/${placed.body.id}/history`)
  await v2(customer, 'GET /orders', '/orders')
  const notifications = `/customers/${customer.id}/notifications`
  await v2(customer, 'GET /customers/{customerId}/notifications', notifications)
})

test('every documented operation was called above, in one version at least', () => {
  const own = ['get /health', 'get /livez', 'get /openapi.json', 'get /readyz']
  const called = (each: string) => seen.has(each.replace('/api/v2/', '/api/v1/'))
  const missed = operations().filter((each) => !called(each) && !own.includes(each))
  assert.deepEqual(missed, [])
})
