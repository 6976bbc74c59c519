import { createHmac } from 'node:crypto'
import type { Request, RequestHandler, Response } from 'express'
import type { Pool } from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { failpoint, without } from './failpoint.ts'
import {
  type Answer,
  claimKey,
  finishKey,
  forgetKey,
  type KeptAnswer,
  releaseKey,
} from './idempotency-keys.ts'
import type { Log } from './log.ts'

/** This JSON answer with its request's key; undefined when the request has none. */
export function answerToKeep(
  res: Response,
  { status, location, body }: { status: number; location: string; body: object },
): KeptAnswer | undefined {
  if (!res.locals.idempotencyKey) return undefined
  const headers = { 'content-type': 'application/json; charset=utf-8', location }
  return { ...res.locals.idempotencyKey, status, headers, body: JSON.stringify(body) }
}

/** The answer was kept with what it reports: it need not be kept again when it leaves. */
export function answerIsKept(res: Response): void {
  res.locals.idempotencyKey = undefined
}

/**
 * `Idempotency-Key` on a POST: the first answer is kept 24 hours and replayed byte for byte. Answers
 * of 401, 429 and 5xx are not kept, so that the caller may try again; everything else is. Where bodies
 * hold secrets, give a `pepper`: the fingerprint of a body is stored, and a bare hash can be guessed.
 */
export function idempotent(pool: Pool, log: Log, pepper: string): RequestHandler {
  return async (req, res, next) => {
    const key = req.get('idempotency-key')
    if (req.method !== 'POST' || key === undefined || without('idempotency')) return next()
    const principal = String(res.locals.principal?.id ?? 'anonymous')
    const fingerprint = fingerprintOf(req, pepper)
    const claimed = await claimKey(pool, { principal, key, fingerprint })
    if ('kept' in claimed) {
      res.send(replaced(res, claimed.kept))
      return
    }
    res.locals.resourceId = claimed.resourceId
    res.locals.idempotencyKey = { principal, key }
    remember(pool, log, res)
    await failpoint('C1')
    next()
  }
}

/** The id for what this request makes: the same on every repeat under one Idempotency-Key. */
export const newResourceId = (res: Response): string =>
  (res.locals.resourceId as string | undefined) ?? uuidv7()

function remember(pool: Pool, log: Log, res: Response): void {
  const end = res.end.bind(res) as (...all: unknown[]) => void
  // The answer leaves only after it is stored: a client that has it may repeat at once.
  res.end = ((chunk?: unknown, ...rest: unknown[]) => {
    const { idempotencyKey } = res.locals
    if (!idempotencyKey) {
      end(chunk, ...rest)
      return res
    }
    keep(pool, res, { ...idempotencyKey, body: text(chunk) })
      .catch((err) => log.error({ err }, 'an answer could not be kept for its Idempotency-Key'))
      .then((kept) => (kept ? end(replaced(res, kept)) : end(chunk, ...rest)))
    return res
  }) as typeof res.end
}

async function keep(
  pool: Pool,
  res: Response,
  made: Pick<KeptAnswer, 'principal' | 'key' | 'body'>,
): Promise<Answer | undefined> {
  if (res.statusCode === 401) return void (await forgetKey(pool, made))
  const failed = res.statusCode >= 500 || res.statusCode === 429
  if (failed) return void (await releaseKey(pool, made))
  return finishKey(pool, { ...made, status: res.statusCode, headers: keptHeaders(res) })
}

/** Puts the answer there is in the place of this one; its body. */
function replaced(res: Response, { status, headers, body }: Answer): Buffer {
  const bytes = Buffer.from(body)
  for (const name of ['etag', ...KEPT_HEADERS]) res.removeHeader(name)
  res.status(status).set({ ...headers, 'idempotency-replayed': 'true' })
  if (bytes.length > 0) res.set('content-length', String(bytes.length))
  return bytes
}

const text = (chunk: unknown) => (Buffer.isBuffer(chunk) ? chunk.toString() : String(chunk ?? ''))

const KEPT_HEADERS = ['content-type', 'location']

function keptHeaders(res: Response): Record<string, string> {
  const kept = KEPT_HEADERS.flatMap((name) => {
    const value = res.get(name)
    return value ? [[name, value]] : []
  })
  return Object.fromEntries(kept)
}

const fingerprintOf = (req: Request, pepper: string): string =>
  createHmac('sha256', pepper)
    .update(`${req.method} ${req.originalUrl}\n${JSON.stringify(req.body ?? null)}`)
    .digest('base64url')
