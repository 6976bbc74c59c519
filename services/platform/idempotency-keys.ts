import type { Pool } from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { metrics } from '#contracts/metrics.ts'
import { counter } from './metrics.ts'
import { Problem } from './problem.ts'
import { statement } from './sql.ts'

/** A key whose holder died is free again after this long. */
const LOCK = '30 seconds'
const KEEP = '24 hours'

const results = counter(metrics.idempotency)

/** One caller's key, and what tells its request from another one under the same key. */
export type Key = { principal: string; key: string; fingerprint: string }

export type Answer = { status: number; headers: Record<string, string>; body: string }

/** An answer under its key, to be stored by the very statement that makes what it reports. */
export type KeptAnswer = Omit<Key, 'fingerprint'> & Answer

type Nullable<T> = { [Name in keyof T]: T[Name] | null }
type KeyRow = { mine: boolean; fingerprint: string; resource_id: string } & Nullable<Answer>

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
// The first answer stays: whoever stood still until another one had taken the key over gets that one's.
const FINISH = statement(
  'idempotency-finish',
  `update idempotency_keys
   set status = coalesce(status, $3),
       headers = case when status is null then $4::json else headers end,
       body = case when status is null then $5 else body end
   where principal = $1 and key = $2
   returning status, headers, nullif(body, $5) as body`,
)
// The row stays: what failed may exist all the same (a connection lost at COMMIT), and a repeat must
// then make that thing and no second one.
const RELEASE = statement(
  'idempotency-release',
  `update idempotency_keys set locked_until = '-infinity'
   where principal = $1 and key = $2 and status is null`,
)

const FORGET = statement(
  'idempotency-forget',
  'delete from idempotency_keys where principal = $1 and key = $2 and status is null',
)

/** For a CTE: keeps the answer in `parameter` (JSON, or null) if `made` has a row. */
export const keepAnswer = (parameter: string, made: string): string =>
  `update idempotency_keys as k set status = a.status, headers = a.headers, body = a.body
   from ${made}, json_to_record(${parameter}) as a
     (principal text, key text, status int, headers json, body text)
   where k.principal = a.principal and k.key = a.key`

/**
 * Holds a key until it is finished or released: what its holder makes has this id, in every try. Or the
 * answer there is already. Throws 400, 409 while it is held, 422 for another request under it.
 */
export async function claimKey(
  pool: Pool,
  { principal, key, fingerprint }: Key,
): Promise<{ resourceId: string } | { kept: Answer }> {
  if (key.length === 0 || key.length > 255) {
    throw new Problem(400, 'invalid-request', 'an idempotency key must have 1 to 255 characters')
  }
  const claim = CLAIM(principal, key, fingerprint, uuidv7())
  const row = (await pool.query<KeyRow>(claim)).rows[0]
  if (!row) throw inProgress()
  if (row.fingerprint !== fingerprint) throw mismatch()
  if (row.mine) {
    results.inc({ result: 'new' })
    return { resourceId: row.resource_id }
  }
  const { status, headers, body } = row
  if (status === null) throw inProgress()
  results.inc({ result: 'replay' })
  return { kept: { status, headers: headers ?? {}, body: body ?? '' } }
}

/** Keeps the answer; the one that had been kept before it, if that is another one. */
export async function finishKey(
  pool: Pool,
  { principal, key, status, headers, body }: KeptAnswer,
): Promise<Answer | undefined> {
  const finish = FINISH(principal, key, status, JSON.stringify(headers), body)
  const [kept] = (await pool.query<Answer & { body: string | null }>(finish)).rows
  return kept?.body == null ? undefined : kept
}

/** The request failed: it may be tried again at once. */
export async function releaseKey(
  pool: Pool,
  { principal, key }: Pick<Key, 'principal' | 'key'>,
): Promise<void> {
  await pool.query(RELEASE(principal, key))
}

/** Nothing was made, and nobody is known whose key this would be. */
export async function forgetKey(
  pool: Pool,
  { principal, key }: Pick<Key, 'principal' | 'key'>,
): Promise<void> {
  await pool.query(FORGET(principal, key))
}

const inProgress = () =>
  new Problem(409, 'idempotency-conflict', 'a request with this Idempotency-Key is still running', {
    retryAfterSeconds: 1,
  })

const mismatch = () =>
  new Problem(422, 'idempotency-mismatch', 'this Idempotency-Key belongs to another request')
