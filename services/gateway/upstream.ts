import { setTimeout as sleep } from 'node:timers/promises'
import type { Request, Response } from 'express'
import { instancesOf } from '#platform/discovery.ts'
import { unavailable } from '#platform/problem.ts'
import { forwardedHeaders, returnedHeaders } from './headers.ts'
import { passOn } from './version-two.ts'

export type Upstream = {
  /** Forwards one request; settles once the answer has been passed on. Throws 503 when none comes. */
  forward: (
    req: Request,
    res: Response,
    body: Buffer | undefined,
    withinMs: number,
  ) => Promise<void>
  /** What a GET of this path answers whoever makes this request. Throws 503 when nothing, or 5xx, comes. */
  ask: (req: Request, res: Response, path: string) => Promise<Asked>
  /** The JSON a GET answers, for the gateway itself. Throws unless it is a 200. */
  read: (path: string) => Promise<unknown>
  close: () => Promise<void>
}

export type Asked = { status: number; type: string; body: unknown }

const RETRY_EVERY_MS = 100
const CONNECT_WITHIN_MS = 1_000
const READ_WITHIN_MS = 2_000

/** One service's instances, taken in turn over kept-alive connections. */
export function upstream(service: string, origins: readonly string[]): Upstream {
  const instances = instancesOf(origins, {
    connections: 128,
    pipelining: 1,
    connect: { timeout: CONNECT_WITHIN_MS },
    // Below the services' 65 s, so that it is never us who send into a socket just closed.
    keepAliveTimeout: 30_000,
  })

  async function attempt(
    req: Request,
    res: Response,
    body: Buffer | undefined,
    headersTimeout: number,
  ): Promise<void> {
    await instances.next().stream(
      {
        method: req.method as 'GET',
        path: req.url,
        headers: forwardedHeaders(req, res),
        body,
        headersTimeout,
        bodyTimeout: 0,
      },
      ({ statusCode, headers }) => passOn(res, statusCode, returnedHeaders(headers)),
    )
  }

  return {
    async forward(req, res, body, withinMs) {
      const deadline = Date.now() + withinMs
      for (;;) {
        try {
          return await attempt(req, res, body, Math.max(1, deadline - Date.now()))
        } catch (error) {
          if (res.destroyed) return
          if (res.headersSent) return void res.destroy()
          const again = mayRepeat(error, req) && Date.now() + RETRY_EVERY_MS < deadline
          if (!again) throw unavailable(service, error)
          await sleep(RETRY_EVERY_MS)
        }
      }
    },
    async ask(req, res, path) {
      try {
        const signal = AbortSignal.timeout(READ_WITHIN_MS)
        const { 'if-none-match': _, ...headers } = forwardedHeaders(req, res)
        const answer = await instances.next().request({ path, method: 'GET', headers, signal })
        const text = await answer.body.text()
        if (answer.statusCode >= 500) throw new Error(`${service} answered ${answer.statusCode}`)
        const type = String(answer.headers['content-type'] ?? 'application/json')
        return { status: answer.statusCode, type, body: JSON.parse(text) }
      } catch (error) {
        throw unavailable(service, error)
      }
    },
    async read(path) {
      const signal = AbortSignal.timeout(READ_WITHIN_MS)
      const { statusCode, body } = await instances.next().request({ path, method: 'GET', signal })
      const text = await body.text()
      if (statusCode !== 200) throw new Error(`${service} answered ${statusCode} to ${path}`)
      return JSON.parse(text)
    },
    close: () => instances.close(),
  }
}

/**
 * A request that never left may always be sent again. One whose connection broke may have been
 * served: only what is safe to do twice is done twice.
 */
function mayRepeat(error: unknown, req: Request): boolean {
  const code = (error as { code?: string }).code ?? ''
  if (code === 'ECONNREFUSED' || code === 'UND_ERR_CONNECT_TIMEOUT') return true
  if (code !== 'UND_ERR_SOCKET' && code !== 'ECONNRESET') return false
  return req.method === 'GET' || req.method === 'HEAD' || req.get('idempotency-key') !== undefined
}
