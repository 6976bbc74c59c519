import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Validator } from '@seriousme/openapi-schema-validator'
import { COMPONENTS, type Operations, openapiPaths, type Paths } from '#platform/http/openapi.ts'
import { services } from './catalogue.ts'

const documented = services.filter(({ routes }) => routes.length > 0)

async function operationsOf(service: string): Promise<Operations> {
  const file = `./${service}/operations.ts`
  return (await import(file))[`${service}Operations`]
}

async function allPaths(): Promise<Paths> {
  const all: Paths = {}
  for (const service of documented) {
    const paths = openapiPaths(service, await operationsOf(service.name))
    for (const [path, operations] of Object.entries(paths)) {
      for (const method of Object.keys(operations)) {
        assert.ok(!all[path]?.[method], `${method} ${path} is documented twice`)
      }
      all[path] = { ...all[path], ...operations }
    }
  }
  return all
}

test('the document of all services is valid OpenAPI', async () => {
  const result = await new Validator().validate({
    openapi: '3.1.1',
    info: { title: 'Restofy', version: '1' },
    paths: await allPaths(),
    components: COMPONENTS,
  })
  assert.deepEqual(result, { valid: true })
})

test('it holds every public route once in each version, each under a name of its own', async () => {
  const operations = Object.values(await allPaths()).flatMap((methods) => Object.values(methods))
  assert.equal(
    operations.length,
    documented
      .flatMap(({ routes }) => routes)
      .reduce((sum, { unversioned }) => sum + (unversioned ? 1 : 2), 0),
  )
  const ids = operations.map((operation) => (operation as { operationId: string }).operationId)
  assert.equal(new Set(ids).size, ids.length)
})

test('a route without words, and words without a route, are refused', async () => {
  const [service] = documented
  const operations = await operationsOf(service!.name)
  const [first, ...rest] = Object.entries(operations)
  assert.throws(() => openapiPaths(service!, Object.fromEntries(rest)), /does not document/)
  const more = { ...operations, 'get /nowhere': first![1] }
  assert.throws(() => openapiPaths(service!, more), /get \/nowhere without a route/)
})

test('what a caller must send and may get is all there', async () => {
  const { post } = (await allPaths())['/api/v1/orders'] as { post: Record<string, unknown> }
  assert.deepEqual(Object.keys(post.responses as object), [
    ...['201', '400', '401', '403', '404', '409', '413', '422', '503'],
  ])
  assert.deepEqual(post.security, [{ token: [] }])
  const { schema } = (post.requestBody as { content: Record<string, { schema: object }> }).content[
    'application/json'
  ]!
  const { required, additionalProperties } = schema as Record<string, unknown>
  assert.deepEqual([required, additionalProperties], [['items', 'restaurantId'], false])
})

test('lists have page numbers in version 1 and cursors in version 2', async () => {
  const all = await allPaths()
  for (const path of ['/orders', '/restaurants', '/customers/{customerId}/notifications']) {
    const [v1, v2] = ['v1', 'v2'].map((version) => {
      const { parameters, responses } = all[`/api/${version}${path}`]!.get as Described
      const { properties } = responses['200']!.content['application/json']!.schema
      return { query: parameters.map(({ name }) => name), answer: Object.keys(properties) }
    })
    assert.ok(v1!.query.includes('page') && !v1!.query.includes('cursor'), path)
    assert.ok(v2!.query.includes('cursor') && !v2!.query.includes('page'), path)
    assert.deepEqual(v1!.answer, ['items', 'page', 'limit', 'total'])
    assert.deepEqual(v2!.answer, ['items', 'nextCursor'])
  }
})

type Described = {
  parameters: { name: string }[]
  responses: Record<string, { content: Record<string, { schema: { properties: object } }> }>
}
