import { randomUUID } from 'node:crypto'
import type { TestContext } from 'node:test'
import { neighboursOnly, type Role } from '#platform/auth.ts'
import { httpApp } from '#platform/http/app.ts'
import { idempotent } from '#platform/idempotency.ts'
import { request, serve, silentLog, testDatabase, testTokens } from '#platform/testing.ts'
import { testRedis } from '#platform/testing-redis.ts'
import { restaurantHandlers } from './app.ts'
import { cachedViews } from './views.ts'

export const API_KEY = 'a-key-of-the-tests'

/** The service on a free port, and callers who are signed in. */
export async function start(t: TestContext, redisUrl?: string) {
  const { pool } = await testDatabase(t, import.meta.dirname)
  const { authenticate, as } = await testTokens()
  const redis = await testRedis(t, redisUrl)
  const views = cachedViews({ pool, redis })
  const handlers = restaurantHandlers({
    authenticate,
    idempotent: idempotent(pool, silentLog, 'test'),
    neighboursOnly: neighboursOnly(API_KEY),
    pool,
    log: silentLog,
    views,
  })
  const url = await serve(t, httpApp(silentLog, handlers))
  const caller = async (role: Role, id: string = randomUUID()) => {
    const headers = await as({ id, role })
    return {
      id,
      call: (method: string, path: string, body?: unknown, more = {}) =>
        request(url + path, { method, body, headers: { ...headers, ...more } }),
    }
  }
  const messages = async () => {
    const { rows } = await pool.query(
      'select message, aggregate_id, aggregate_version as version, payload from outbox order by seq',
    )
    return rows
  }
  return { pool, url, caller, messages, redis, views }
}

export type Caller = Awaited<ReturnType<Awaited<ReturnType<typeof start>>['caller']>>

/** A restaurant of this owner; answers its id. */
export async function opened(owner: Caller, name = 'Roma', more = {}): Promise<string> {
  const { body } = await owner.call('POST', '/restaurants', { name, ...more })
  return body.id
}
