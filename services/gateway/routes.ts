import { type RequestHandler, Router } from 'express'
import { BODY_LIMIT_BYTES } from '#platform/http/app.ts'
import type { Route, ServiceManifest } from '../manifest.ts'
import { composed, partsOf } from './compose.ts'
import { unknownVersion } from './problems.ts'
import { readBody } from './read-body.ts'
import type { Upstream } from './upstream.ts'

/** What answers a route that is a stream: of that service, out of that method. */
export type Streams = (service: string, method: string) => RequestHandler

const noStreams: Streams = (service) => {
  throw new Error(`nothing here streams from ${service}`)
}

const DEFAULT_TIMEOUT_MS = 5_000

/** Every public route of every service, as the manifests declare them: `/api/v1/…`, and `/api/…` with `api-version`. */
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
  return Router().use(root).use('/api/v1', versioned).use('/api', defaultVersion, versioned)
}

/** The gateway has matched the template; the service gets the path below the version. */
function forwardTo(upstream: Upstream, { timeoutMs = DEFAULT_TIMEOUT_MS }: Route): RequestHandler {
  return async (req, res) => {
    const body = await readBody(req, BODY_LIMIT_BYTES)
    await upstream.forward(req, res, body, timeoutMs)
  }
}

const defaultVersion: RequestHandler = (req, _res, next) => {
  const version = req.get('api-version') ?? 'v1'
  if (version !== 'v1') throw unknownVersion(version)
  next()
}
