import type { Call } from '../manifest.ts'
import { correlationId } from './context.ts'
import { instancesOf } from './discovery.ts'
import { httpClientDuration } from './metrics.ts'
import { policies } from './policies.ts'
import { unavailable } from './problem.ts'

export type CallRequest = {
  method?: 'GET' | 'POST'
  path: string
  body?: unknown
  headers?: Record<string, string>
  /** Not idempotent: never tried twice. GETs and calls with an idempotency key are. */
  once?: boolean
}

export type CallAnswer = { status: number; body: unknown }

/** A neighbour that answered 5xx, too late or not at all: the caller may try again later. */
class NeighbourFailed extends Error {
  override name = 'NeighbourFailed'
}

export type Neighbour = {
  /** Any answer below 500. Throws 503 `unavailable` otherwise, at once while the breaker is open. */
  call: (request: CallRequest) => Promise<CallAnswer>
  close: () => Promise<void>
}

/**
 * A client for one neighbour: bulkhead, retries with exponential backoff and jitter, breaker,
 * timeout per attempt, in that order from outside in.
 */
export function neighbour(
  rules: Call,
  { origins, apiKey }: { origins: readonly string[]; apiKey: string },
): Neighbour {
  const instances = instancesOf(origins, { connections: 64, pipelining: 1 })
  const { patient, single } = policies(rules)

  async function attempt(request: CallRequest, signal: AbortSignal): Promise<CallAnswer> {
    const pool = instances.next()
    const method = request.method ?? 'GET'
    const started = performance.now()
    const observe = (outcome: string) =>
      httpClientDuration.observe(
        { server_address: rules.service, http_request_method: method, outcome },
        (performance.now() - started) / 1000,
      )
    try {
      const { statusCode, body } = await pool.request({
        method,
        path: request.path,
        signal,
        headers: headersOf(request, apiKey),
        body: request.body === undefined ? undefined : JSON.stringify(request.body),
      })
      const text = await body.text()
      observe(String(statusCode))
      if (statusCode >= 500) throw new NeighbourFailed(`${rules.service} answered ${statusCode}`)
      return { status: statusCode, body: text ? JSON.parse(text) : undefined }
    } catch (error) {
      if (!(error instanceof NeighbourFailed)) observe(signal.aborted ? 'timeout' : 'error')
      throw error
    }
  }

  return {
    async call(request) {
      try {
        const policy = request.once ? single : patient
        return await policy.execute(({ signal }) => attempt(request, signal))
      } catch (error) {
        throw unavailable(rules.service, error)
      }
    },
    close: () => instances.close(),
  }
}

const headersOf = ({ body, headers }: CallRequest, apiKey: string) => ({
  'x-api-key': apiKey,
  'x-correlation-id': correlationId() ?? '',
  ...(body !== undefined && { 'content-type': 'application/json' }),
  ...headers,
})
