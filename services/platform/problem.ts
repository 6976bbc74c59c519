import type { ErrorRequestHandler, RequestHandler } from 'express'
import { correlationId } from './context.ts'
import type { Log } from './log.ts'
import { isUnavailable } from './unavailable.ts'

export type FieldError = { path: string; message: string }

/** A failure the caller may act on. `code` is the contract; `message` is for people. */
export class Problem extends Error {
  override name = 'Problem'
  readonly status: number
  readonly code: string
  readonly errors?: FieldError[]
  readonly retryAfterSeconds?: number

  constructor(
    status: number,
    code: string,
    message: string,
    options: ErrorOptions & { errors?: FieldError[]; retryAfterSeconds?: number } = {},
  ) {
    super(message, options)
    this.status = status
    this.code = code
    this.errors = options.errors
    this.retryAfterSeconds = options.retryAfterSeconds
  }
}

export const invalidRequest = (detail: string, errors?: FieldError[]) =>
  new Problem(400, 'invalid-request', detail, { errors })

export const unavailable = (what: string, cause?: unknown) =>
  new Problem(503, 'unavailable', `${what} cannot answer just now`, { cause, retryAfterSeconds: 1 })

export const unknownRoute: RequestHandler = (req) => {
  throw new Problem(404, 'not-found', `nothing is served at ${req.method} ${req.path}`)
}

/** The only place an error becomes a response (RFC 9457). */
export function problemHandler(log: Log): ErrorRequestHandler {
  return (error, _req, res, next) => {
    if (res.headersSent) return next(error)
    const problem = toProblem(error)
    if (problem.status >= 500) log.error({ err: error }, problem.message)
    if (problem.retryAfterSeconds) res.set('retry-after', String(problem.retryAfterSeconds))
    res.status(problem.status).type('application/problem+json').send(problemBody(problem))
  }
}

export function problemBody({ status, code, message, errors }: Problem): string {
  return JSON.stringify({
    type: `https://restofy.test/problems/${code}`,
    title: message,
    status,
    code,
    ...(errors && { errors }),
    correlationId: correlationId(),
  })
}

export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error
  if (isUnavailable(error)) return unavailable('a dependency', error)
  // Express's own parsers mark what is safe to show (malformed JSON, body too large).
  if (isHttpError(error) && error.expose) {
    const code = error.status === 413 ? 'body-too-large' : 'invalid-request'
    return new Problem(error.status, code, error.message, { cause: error })
  }
  // The router's, about a path such as /%E0%A4%A.
  if (error instanceof URIError) return invalidRequest('the path cannot be decoded')
  return new Problem(500, 'internal', 'internal error', { cause: error })
}

const isHttpError = (error: unknown): error is Error & { status: number; expose: boolean } =>
  error instanceof Error && 'status' in error && 'expose' in error
