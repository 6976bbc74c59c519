import { type RequestHandler, Router } from 'express'
import { z } from 'zod'
import type { Route, ServiceManifest } from '../../manifest.ts'
import type { Role } from '../auth.ts'

/** One operation as its service documents it; `openapiPaths` adds what all of them have in common. */
export type Operation = {
  summary: string
  /** Who may ask: anybody, whoever is signed in, or whoever has one of these roles. */
  who: 'anyone' | 'signed-in' | readonly Role[]
  query?: z.ZodObject
  body?: z.ZodType
  /** By status: the body of the answer, if any, or `events` for a stream of them. */
  answers: Readonly<Record<number, Answer>>
  /** By status: the codes of the problems that are this operation's own. */
  problems?: Readonly<Record<number, readonly string[]>>
  /** What is different in version 2, but for money, which only the gateway knows in that form. */
  v2?: Partial<Pick<Operation, 'query' | 'answers'>>
  /** True: repeats under one Idempotency-Key are answered alike. */
  idempotent?: boolean
}

/** By `post /orders`: the method and path of a route in the service's manifest. */
type Answer = z.ZodType | 'empty' | 'events'

export type Operations = Readonly<Record<string, Operation>>

export type Paths = Record<string, Record<string, object>>

/** What every document needs beside its paths. */
export const COMPONENTS = {
  schemas: {
    Problem: {
      type: 'object',
      description: 'RFC 9457. `code` is the contract, `title` is for people.',
      required: ['type', 'title', 'status', 'code'],
      properties: {
        type: { type: 'string', format: 'uri' },
        title: { type: 'string' },
        status: { type: 'integer' },
        code: { type: 'string' },
        correlationId: { type: 'string' },
        errors: {
          type: 'array',
          items: {
            type: 'object',
            required: ['path', 'message'],
            properties: { path: { type: 'string' }, message: { type: 'string' } },
          },
        },
      },
    },
  },
  securitySchemes: { token: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
}

/** `GET /openapi.json` of one service, for the gateway to merge. */
export function openapiRoute(manifest: ServiceManifest, operations: Operations): RequestHandler {
  const document = { paths: openapiPaths(manifest, operations) }
  return Router().get('/openapi.json', (_req, res) => void res.json(document))
}

/**
 * The `paths` of an OpenAPI 3.1 document (https://spec.openapis.org/oas/v3.1.1), as the gateway
 * serves them. Throws when the operations are not exactly the manifest's routes.
 */
export function openapiPaths(
  { name, routes }: Pick<ServiceManifest, 'name' | 'routes'>,
  operations: Operations,
): Paths {
  const paths: Paths = {}
  const left = new Set(Object.keys(operations))
  for (const route of routes) {
    const key = `${route.method} ${route.path}`
    const operation = operations[key]
    if (!left.delete(key) || !operation) throw new Error(`${name} does not document ${key}`)
    const template = route.path.replace(PARAMETER, '{$1}')
    const add = (path: string, described: object) => {
      paths[path] = { ...paths[path], [route.method]: described }
    }
    if (route.unversioned) add(template, describe(name, route, operation))
    else {
      const { v2, ...first } = operation
      const id = `${operationId(route)}V2`
      add(`/api/v1${template}`, describe(name, route, first))
      add(`/api/v2${template}`, { ...describe(name, route, { ...first, ...v2 }), operationId: id })
    }
  }
  if (left.size > 0) throw new Error(`${name} documents ${[...left].join(', ')} without a route`)
  return paths
}

const PARAMETER = /:(\w+)/g

function describe(service: string, route: Route, operation: Operation): object {
  const { summary, who, body, answers } = operation
  return {
    operationId: operationId(route),
    tags: [service],
    summary,
    ...(Array.isArray(who) && { description: `For the roles: ${who.join(', ')}.` }),
    ...(who !== 'anyone' && { security: [{ token: [] }] }),
    parameters: parameters(route, operation),
    ...(body && {
      requestBody: {
        // A missing body is an empty object.
        required: !body.safeParse({}).success,
        content: { 'application/json': { schema: input(body) } },
      },
    }),
    responses: {
      ...Object.fromEntries(
        Object.entries(answers).map(([status, schema]) => [status, answer(schema)]),
      ),
      ...Object.fromEntries(
        problemsOf(route, operation).map(([status, codes]) => [status, problem(codes)]),
      ),
    },
  }
}

/** `post /orders/:id/cancel` becomes `postOrdersByIdCancel`. */
const operationId = ({ method, path }: Route): string =>
  method +
  path
    .replace(PARAMETER, 'by-$1')
    .split(/\W+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('')

function parameters(route: Route, { query, idempotent }: Operation): object[] {
  const inPath = [...route.path.matchAll(PARAMETER)].map(([, name]) => ({
    ...{ name, in: 'path', required: true, schema: { type: 'string', format: 'uuid' } },
  }))
  const { properties = {}, required = [] } = query ? input(query) : {}
  const inQuery = Object.entries(properties).map(([name, schema]) => ({
    ...{ name, in: 'query', required: required.includes(name), schema },
  }))
  const key = {
    name: 'Idempotency-Key',
    in: 'header',
    description: 'A repeat within 24 hours gets the first answer again.',
    schema: { type: 'string', minLength: 1, maxLength: 255 },
  }
  return [...inPath, ...inQuery, ...(idempotent ? [key] : [])]
}

function answer(schema: Answer): object {
  if (schema === 'empty') return { description: 'Without a body.' }
  if (schema === 'events') {
    return {
      description: 'Server-sent events, until you hang up. Each has these fields.',
      content: { 'text/event-stream': { schema: EVENT } },
    }
  }
  return { description: 'Done.', content: { 'application/json': { schema: output(schema) } } }
}

/** OpenAPI 3.1 has no word for the items of a stream: tools take its schema as that of each. */
const EVENT = {
  type: 'object',
  required: ['id', 'event', 'data'],
  properties: {
    id: { type: 'string', description: 'The version, for Last-Event-ID.' },
    event: { type: 'string', description: 'The status.' },
    data: { type: 'string', description: 'The order, as JSON.' },
  },
}

const problem = (codes: readonly string[]) => ({
  description: codes.join(', '),
  content: {
    'application/problem+json': {
      schema: {
        allOf: [
          { $ref: '#/components/schemas/Problem' },
          { type: 'object', properties: { code: { enum: codes } } },
        ],
      },
    },
  },
})

/** The operation's own problems and those that the platform answers for every operation of its kind. */
function problemsOf(route: Route, operation: Operation): [string, string[]][] {
  const { who, body, query, problems = {}, idempotent } = operation
  const shared: [applies: boolean, status: number, code: string][] = [
    [Boolean(body || query || route.path.includes(':')), 400, 'invalid-request'],
    // A token that is no good is refused even where none is needed; not where one is to be had.
    [who !== 'anyone' || !(problems[401] || route.unversioned), 401, 'unauthenticated'],
    [Array.isArray(who), 403, 'forbidden'],
    [Boolean(idempotent), 409, 'idempotency-conflict'],
    [Boolean(idempotent), 422, 'idempotency-mismatch'],
    [Boolean(body), 413, 'body-too-large'],
    [true, 503, 'unavailable'],
  ]
  const codes = new Map(Object.entries(problems).map(([status, own]) => [status, [...own]]))
  for (const [applies, status, code] of shared) {
    if (applies) codes.set(String(status), [...(codes.get(String(status)) ?? []), code])
  }
  return [...codes].sort()
}

type JsonSchema = { properties?: Record<string, object>; required?: string[] }

const input = (schema: z.ZodType): JsonSchema => bare(z.toJSONSchema(schema, { io: 'input' }))

// Answers may gain fields: their schemas must not forbid it.
const output = (schema: z.ZodType): JsonSchema =>
  bare(
    z.toJSONSchema(schema, {
      io: 'output',
      override: ({ jsonSchema }) => {
        delete jsonSchema.additionalProperties
      },
    }),
  )

const bare = ({ $schema: _, ...schema }: object & { $schema?: string }) => schema as JsonSchema
