import { createHmac } from 'node:crypto'
import type { Request, RequestHandler, Response } from 'express'
import type { Pool } from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { metrics } from '#contracts/metrics.ts'
import { failpoint, without } from './failpoint.ts'
import type { Log } from './log.ts'
import { counter } from './metrics.ts'
import { Problem } from './problem.ts'
import { statement } from './sql.ts'

/** A key whose holder died is free again after this long. */
const LOCK = '30 seconds'
const KEEP = '24 hours'

const results = counter(metrics.idempotency)

type KeyRow = {
  mine: boolean
  fingerprint: string
  resource_id: string
  status: number | null
  headers: Record<string, string> | null
  body: string | null
}

// Takes a new key, an expired one, or one whose holder died; the resource id of the first try stays,
// so that a repeat after a crash makes the same thing again instead of a second one.
const CLAIM = statement(
  'idempotency-claim',
  `with claimed as (
     insert into idempotency_keys (principal, key, fingerprint, resource_id, locked_until)
     values ($1, $2, $3, $4, now() + interval '${LOCK}')
     on conflict (principal, key) do update
       set locked_until = excluded.locked_until,
           fingerprint = excluded.fingerprint,
           resource_id = case when idempotency_keys.created_at < now() - interval '${KEEP}'
                              then excluded.resource_id else idempotency_keys.resource_id end,
           created_at = case when idempotency_keys.created_at < now() - interval '${KEEP}'
                              then now() else idempotency_keys.created_at end,
           status = null, headers = null, body = null
       where idempotency_keys.created_at < now() - interval '${KEEP}'
          or (idempotency_keys.status is null and idempotency_keys.locked_until < now()
              and idempotency_keys.fingerprint = excluded.fingerprint)
     returning true as mine, fingerprint, resource_id, status, headers, body
   )
   select * from claimed
   union all
   select false, fingerprint, resource_id, status, headers, body from idempotency_keys
   where principal = $1 and key = $2 and not exists (select from claimed)`,
)
const FINISH = statement(
  'idempotency-finish',
  'update idempotency_keys set status = $3, headers = $4, body = $5 where principal = $1 and key = $2',
)
// The row stays: what failed may exist all the same (a connection lost at COMMIT), and a repeat must
// then make that thing and no second one.
const RELEASE = statement(
  'idempotency-release',
  `update idempotency_keys set locked_until = '-infinity'
   where principal = $1 and key = $2 and status is null`,
)

/** An answer under its key, to be stored by the very statement that makes what it reports. */
export type KeptAnswer = {
  principal: string
  key: string
  status: number
  headers: Record<string, string>
  body: string
}

/** For a CTE: keeps the answer in `parameter` (JSON, or null) if `made` has a row. */
export const keepAnswer = (parameter: string, made: string): string =>
  `update idempotency_keys as k set status = a.status, headers = a.headers, body = a.body
   from ${made}, json_to_record(${parameter}) as a
     (principal text, key text, status int, headers json, body text)
   where k.principal = a.principal and k.key = a.key`

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
 * of 5xx and 429 are not kept, so that the caller may try again; everything else is. Where bodies
 * hold secrets, give a `pepper`: the fingerprint of a body is stored, and a bare hash can be guessed.
 */
export function idempotent(pool: Pool, log: Log, pepper: string): RequestHandler {
  return async (req, res, next) => {
    const key = req.get('idempotency-key')
    if (req.method !== 'POST' || key === undefined || without('idempotency')) return next()
    if (key.length === 0 || key.length > 255) {
      throw new Problem(400, 'invalid-request', 'Idempotency-Key must have 1 to 255 characters')
    }
    const principal = String(res.locals.principal?.id ?? 'anonymous')
    const fingerprint = fingerprintOf(req, pepper)
    const claim = CLAIM(principal, key, fingerprint, uuidv7())
    const row = (await pool.query<KeyRow>(claim)).rows[0]
    if (!row) throw inProgress()
    if (row.fingerprint !== fingerprint) throw mismatch()
    if (row.mine) {
      results.inc({ result: 'new' })
      res.locals.resourceId = row.resource_id
      res.locals.idempotencyKey = { principal, key }
      remember(pool, log, res)
      await failpoint('C1')
      return next()
    }
    if (row.status === null) throw inProgress()
    results.inc({ result: 'replay' })
    res.set({ ...row.headers, 'idempotency-replayed': 'true' })
    res.status(row.status).send(Buffer.from(row.body ?? ''))
  }
}

/** The id for what this request makes: the same on every repeat under one Idempotency-Key. */
export const newResourceId = (res: Response): string =>
  (res.locals.resourceId as string | undefined) ?? uuidv7()

function remember(pool: Pool, log: Log, res: Response): void {
  const end = res.end.bind(res)
  // The answer leaves only after it is stored: a client that has it may repeat at once.
  res.end = ((chunk?: unknown, ...rest: unknown[]) => {
    const leave = () => (end as (...all: unknown[]) => void)(chunk, ...rest)
    if (!res.locals.idempotencyKey) {
      leave()
      return res
    }
    const { principal, key } = res.locals.idempotencyKey
    const keep = res.statusCode < 500 && res.statusCode !== 429
    const query = keep
      ? FINISH(principal, key, res.statusCode, JSON.stringify(keptHeaders(res)), text(chunk))
      : RELEASE(principal, key)
    pool
      .query(query)
      .catch((err) => log.error({ err }, 'an answer could not be kept for its Idempotency-Key'))
      .finally(leave)
    return res
  }) as typeof res.end
}

const text = (chunk: unknown) => (Buffer.isBuffer(chunk) ? chunk.toString() : String(chunk ?? ''))

function keptHeaders(res: Response): Record<string, string> {
  const kept = ['content-type', 'location'].flatMap((name) => {
    const value = res.get(name)
    return value ? [[name, value]] : []
  })
  return Object.fromEntries(kept)
}

const fingerprintOf = (req: Request, pepper: string): string =>
  createHmac('sha256', pepper)
    .update(`${req.method} ${req.originalUrl}\n${JSON.stringify(req.body ?? null)}`)
    .digest('base64url')

const inProgress = () =>
  new Problem(409, 'idempotency-conflict', 'a request with this Idempotency-Key is still running', {
    retryAfterSeconds: 1,
  })

const mismatch = () =>
  new Problem(422, 'idempotency-mismatch', 'this Idempotency-Key belongs to another request')
