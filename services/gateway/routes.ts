import { type RequestHandler, Router } from 'express'
import { BODY_LIMIT_BYTES } from '#platform/http/app.ts'
import type { Route, ServiceManifest } from '../manifest.ts'
import { unknownVersion } from './problems.ts'
import { readBody } from './read-body.ts'
import type { Upstream } from './upstream.ts'

const DEFAULT_TIMEOUT_MS = 5_000

/** Every public route of every service, as the manifests declare them: `/api/v1/…`, and `/api/…` with `api-version`. */
export function gatewayRoutes(
  services: readonly ServiceManifest[],
  upstreams: Readonly<Record<string, Upstream>>,
): Router {
  const versioned = Router()
  const root = Router()
  for (const { name, routes } of services) {
    for (const route of routes) {
      const router = route.unversioned ? root : versioned
      router[route.method](route.path, forwardTo(upstreams[name]!, route))
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
