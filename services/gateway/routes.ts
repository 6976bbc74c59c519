import { type RequestHandler, Router } from 'express'
import { BODY_LIMIT_BYTES } from '#platform/http/app.ts'
import type { Route, ServiceManifest } from '../manifest.ts'
import { composed, partsOf } from './compose.ts'
import { unknownVersion } from './problems.ts'
import { readBody } from './read-body.ts'
import type { Upstream } from './upstream.ts'
import { toVersionOne } from './version-two.ts'

type Version = 'v1' | 'v2'

/** What answers a route that is a stream: of that service, out of that method. */
export type Streams = (service: string, method: string) => RequestHandler

const noStreams: Streams = (service) => {
  throw new Error(`nothing here streams from ${service}`)
}

const DEFAULT_TIMEOUT_MS = 5_000

/**
 * Every public route of every service, as the manifests declare them: `/api/v1/…`, `/api/v2/…`, and
 * `/api/…` with `api-version`. Both versions are the same routes; what differs is made here (version-two.ts)
 * but for the cursors of lists, which only their service can make.
 */
export function gatewayRoutes(
  services: readonly ServiceManifest[],
  upstreams: Readonly<Record<string, Upstream>>,
  streams: Streams = noStreams,
): Router {
  const versioned = Router()
  const root = Router()
  for (const { name, routes } of services) {
    for (const route of routes) {
      const router = route.unversioned ? root : versioned
      const forward = forwardTo(upstreams[name]!, route)
      const parts = partsOf(route, services, upstreams)
      const answer = route.watches
        ? streams(name, route.watches)
        : parts.length > 0
          ? composed(name, upstreams[name]!, parts, forward)
          : forward
      router[route.method](route.path, answer)
    }
  }
  return Router()
    .use(root)
    .use('/api/v1', versionIs('v1'), versioned)
    .use('/api/v2', versionIs('v2'), versioned)
    .use('/api', versionInHeader, versioned)
}

/** The gateway has matched the template; the service gets the path below the version. */
function forwardTo(upstream: Upstream, { timeoutMs = DEFAULT_TIMEOUT_MS }: Route): RequestHandler {
  return async (req, res) => {
    const sent = await readBody(req, BODY_LIMIT_BYTES)
    const body = res.locals.version === 'v2' ? inVersionOne(sent) : sent
    await upstream.forward(req, res, body, timeoutMs)
  }
}

/** What is no JSON goes on as it is: who parses it says so. */
function inVersionOne(body: Buffer | undefined): Buffer | undefined {
  try {
    return body && Buffer.from(JSON.stringify(toVersionOne(JSON.parse(body.toString()))))
  } catch {
    return body
  }
}

const versionIs =
  (version: Version): RequestHandler =>
  (_req, res, next) => {
    res.locals.version = version
    next()
  }

const versionInHeader: RequestHandler = (req, res, next) => {
  const version = req.get('api-version') ?? 'v1'
  if (version !== 'v1' && version !== 'v2') throw unknownVersion(version)
  res.vary('api-version')
  versionIs(version)(req, res, next)
}
