import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { httpApp } from '#platform/http/app.ts'
import { request, serve, silentLog } from '#platform/testing.ts'
import { openapiRoutes } from './openapi.ts'

const fragment = (...paths: string[]) => ({
  paths: Object.fromEntries(paths.map((path) => [path, { get: { summary: path } }])),
})

/** A gateway whose services say what the test lets them say. */
async function start(t: TestContext, services: Record<string, unknown>) {
  const clock = { now: 1 }
  let asked = 0
  const read = (name: string) => async () => {
    asked++
    if (services[name] === undefined) throw new Error(`${name} is down`)
    return services[name]
  }
  const upstreams = Object.fromEntries(
    Object.keys(services).map((name) => [name, { read: read(name) }]),
  )
  const routes = openapiRoutes({
    upstreams,
    version: '1.2.3',
    log: silentLog,
    now: () => clock.now,
  })
  const url = await serve(t, httpApp(silentLog, [routes]))
  return {
    ...{ services, clock },
    asked: () => asked,
    document: async () => (await request(`${url}/openapi.json`)).body,
    paths: async () =>
      Object.keys((await request(`${url}/openapi.json`)).body.paths)
        .filter((path) => path.startsWith('/api/'))
        .sort(),
  }
}

test('what the services say is one document, with what they share', async (t) => {
  const writes = { paths: { '/api/v1/orders': { post: { summary: 'place' } } } }
  const { document } = await start(t, { order: writes, tracking: fragment('/api/v1/orders') })
  const { openapi, info, paths, components } = await document()
  assert.deepEqual([openapi, info.version], ['3.1.1', '1.2.3'])
  assert.deepEqual(Object.keys(paths['/api/v1/orders']).sort(), ['get', 'post'])
  assert.ok(paths['/health'].get && components.schemas.Problem)
})

test('services are asked again after a while, not for every reader', async (t) => {
  const { services, clock, paths, asked } = await start(t, { a: fragment('/api/a') })
  await paths()
  await paths()
  assert.equal(asked(), 1)
  services.a = fragment('/api/a', '/api/b')
  clock.now += 30_000
  assert.deepEqual(await paths(), ['/api/a', '/api/b'])
})

test('a service that is down keeps what it said; one never heard is asked until it answers', async (t) => {
  const { services, clock, paths } = await start(t, { a: fragment('/api/a'), b: undefined })
  assert.deepEqual(await paths(), ['/api/a'])
  services.b = fragment('/api/b')
  assert.deepEqual(await paths(), ['/api/a', '/api/b'])
  services.a = undefined
  clock.now += 30_000
  assert.deepEqual(await paths(), ['/api/a', '/api/b'])
})

test('nonsense from a service is left out', async (t) => {
  const { paths } = await start(t, { a: fragment('/api/a'), b: { paths: 'all of them' } })
  assert.deepEqual(await paths(), ['/api/a'])
})

test('money is documented as each version sends it', async (t) => {
  const get = { responses: { 200: { schema: { properties: { price: { type: 'number' } } } } } }
  const paths = { '/api/v1/dishes': { get }, '/api/v2/dishes': { get } }
  const { document } = await start(t, { restaurant: { paths } })
  const priceIn = async (version: string) =>
    (await document()).paths[`/api/${version}/dishes`].get.responses[200].schema.properties.price
  assert.equal((await priceIn('v1')).type, 'number')
  assert.deepEqual((await priceIn('v2')).required, ['amountCents', 'currency'])
})
