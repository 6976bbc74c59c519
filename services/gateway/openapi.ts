import { type RequestHandler, Router } from 'express'
import { z } from 'zod'
import { COMPONENTS, type Paths } from '#platform/http/openapi.ts'
import type { Log } from '#platform/log.ts'
import { parse } from '#platform/parse.ts'
import type { Upstream } from './upstream.ts'
import { schemaOfVersionTwo } from './version-two.ts'

const KEEP_MS = 30_000

const Fragment = z.object({ paths: z.record(z.string(), z.record(z.string(), z.looseObject({}))) })

const probe = (summary: string, statuses: readonly number[]) => ({
  summary,
  tags: ['gateway'],
  responses: Object.fromEntries(
    statuses.map((status) => [
      status,
      { description: '', content: { 'application/json': { schema: { type: 'object' } } } },
    ]),
  ),
})

/** What the gateway answers itself. */
const OWN: Paths = {
  '/health': {
    get: { operationId: 'health', ...probe('How the platform and each service are', [200, 503]) },
  },
  '/livez': { get: { operationId: 'livez', ...probe('The process turns', [200]) } },
  '/readyz': { get: { operationId: 'readyz', ...probe('Send me traffic', [200, 503]) } },
  '/openapi.json': { get: { operationId: 'openapi', ...probe('This document', [200]) } },
}

type Deps = {
  upstreams: Readonly<Record<string, Pick<Upstream, 'read'>>>
  version: string
  log: Log
  now?: () => number
}

/** Services share paths: one writes orders, another one lists them. */
function merged(parts: readonly Paths[]): Paths {
  const all: Paths = {}
  for (const [path, operations] of parts.flatMap(Object.entries<Paths[string]>)) {
    const inVersion = path.startsWith('/api/v2/') ? schemaOfVersionTwo(operations) : operations
    all[path] = { ...all[path], ...(inVersion as Paths[string]) }
  }
  return all
}

/**
 * `GET /openapi.json`: what every service documents of itself, in one OpenAPI 3.1 document. Asked for
 * at most every 30 seconds; a service that cannot answer keeps what it said last.
 */
export function openapiRoutes({ upstreams, version, log, now = Date.now }: Deps): RequestHandler {
  const known = new Map<string, Paths>()
  let freshUntil = 0

  async function ask([service, { read }]: [string, Pick<Upstream, 'read'>]): Promise<boolean> {
    try {
      known.set(service, parse(Fragment, await read('/openapi.json')).paths as Paths)
      return true
    } catch (err) {
      const kept = known.has(service)
      log.warn({ err, upstream: service, kept }, 'a service did not say what it answers')
      return false
    }
  }

  async function paths(): Promise<Paths> {
    if (now() >= freshUntil) {
      const answered = await Promise.all(Object.entries(upstreams).map(ask))
      // As long as one is missing, the next reader asks again.
      if (answered.every(Boolean)) freshUntil = now() + KEEP_MS
    }
    return merged([OWN, ...known.values()])
  }

  return Router().get('/openapi.json', async (_req, res) => {
    res.json({
      openapi: '3.1.1',
      info: {
        title: 'Restofy',
        version,
        description: 'Order food: one gateway in front of small services.',
        license: { name: 'MIT', identifier: 'MIT' },
      },
      servers: [{ url: '/' }],
      paths: await paths(),
      components: COMPONENTS,
    })
  })
}
