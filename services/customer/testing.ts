import type { TestContext } from 'node:test'
import { createLocalJWKSet, exportJWK, generateKeyPair } from 'jose'
import { authenticate, type Role } from '#platform/auth.ts'
import { httpApp } from '#platform/http/app.ts'
import { idempotent } from '#platform/idempotency.ts'
import { request, serve, silentLog, testDatabase } from '#platform/testing.ts'
import { customerHandlers } from './app.ts'
import { tokenIssuer } from './tokens.ts'

export const RULES = { issuer: 'test', audience: 'test' }
export const ANNA = { name: 'Anna', email: 'anna@example.com', password: 'restofy-demo' }

/** The service on a free port, believing the tokens it issues itself. */
export async function start(t: TestContext) {
  const { pool } = await testDatabase(t, import.meta.dirname)
  const { privateKey } = await generateKeyPair('Ed25519', { extractable: true })
  const { x, d } = await exportJWK(privateKey)
  const tokens = await tokenIssuer({ kty: 'OKP', crv: 'Ed25519', x: x!, d: d!, kid: 'test' }, RULES)
  const keys = createLocalJWKSet(tokens.jwks as Parameters<typeof createLocalJWKSet>[0])
  const handlers = customerHandlers(
    {
      authenticate: authenticate({ ...RULES, keys }),
      idempotent: idempotent(pool, silentLog, 'test'),
      pool,
      log: silentLog,
    },
    { tokens, now: () => new Date() },
  )
  const url = await serve(t, httpApp(silentLog, handlers))
  const register = (body: object, headers = {}) =>
    request(`${url}/auth/register`, { body, headers })
  const signIn = (email: string, password: string) =>
    request(`${url}/auth/login`, { body: { email, password } })
  const as = async (id: string, role: Role = 'customer') => ({
    authorization: `Bearer ${await tokens.accessToken({ id, role }, new Date())}`,
  })
  return { pool, url, keys, register, signIn, as }
}
