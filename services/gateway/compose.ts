import type { Request, RequestHandler, Response } from 'express'
import { z } from 'zod'
import { parse } from '#platform/parse.ts'
import type { Route, ServiceManifest } from '../manifest.ts'
import type { Upstream } from './upstream.ts'
import { toVersionTwo } from './version-two.ts'

export type Part = {
  name: string
  upstream: Upstream
  pathOf: (whole: Record<string, unknown>) => string
}

/** The parts a route may include, each with the service that knows it. */
export function partsOf(
  { includes = {} }: Route,
  services: readonly ServiceManifest[],
  upstreams: Readonly<Record<string, Upstream>>,
): Part[] {
  return Object.entries(includes).map(([name, { route, by }]) => {
    const owner = services.find(({ routes }) => routes.some(({ path }) => path === route))
    if (!owner) throw new Error(`nobody serves ${route}, which ${name} is to be included from`)
    const pathOf = (whole: Record<string, unknown>) => route.replace(/:\w+/, String(whole[by]))
    return { name, upstream: upstreams[owner.name]!, pathOf }
  })
}

/**
 * `?include=customer,restaurant`: the resource and its parts in one answer, each asked for with the
 * caller's own token. A part that cannot be had is `null` and named in `warnings`: one service that is
 * away, or a part that is not the caller's to see, does not cost the rest.
 */
export function composed(
  title: string,
  upstream: Upstream,
  parts: readonly Part[],
  forward: RequestHandler,
): RequestHandler {
  const names = parts.map(({ name }) => name)
  const Query = z.looseObject({
    include: z
      .string()
      .transform((list) => list.split(','))
      .pipe(z.array(z.enum(names, { error: `may be ${names.join(', ')}` }))),
  })
  return async (req, res, next) => {
    if (req.query.include === undefined) return forward(req, res, next)
    const { include } = parse(Query, req.query)
    const whole = await upstream.ask(req, res, req.path)
    if (whole.status !== 200) return send(res, whole)
    const wanted = parts.filter(({ name }) => include.includes(name))
    const found = await Promise.all(
      wanted.map((part) => partOf(part, req, res, whole.body as Record<string, unknown>)),
    )
    const missing = wanted.filter((_, i) => found[i] === null).map(({ name }) => name)
    const answer = {
      [title]: whole.body,
      ...Object.fromEntries(wanted.map(({ name }, i) => [name, found[i]])),
      ...(missing.length > 0 && { warnings: missing }),
    }
    res.json(res.locals.version === 'v2' ? toVersionTwo(answer) : answer)
  }
}

async function partOf({ upstream, pathOf }: Part, req: Request, res: Response, whole: object) {
  try {
    const { status, body } = await upstream.ask(req, res, pathOf(whole as Record<string, unknown>))
    return status === 200 ? body : null
  } catch {
    // The answer itself says so, in `warnings`.
    return null
  }
}

function send(res: Response, { status, body, type }: Awaited<ReturnType<Upstream['ask']>>): void {
  res.status(status).type(type).send(JSON.stringify(body))
}
