import { randomUUID } from 'node:crypto'
import type { Pool } from 'pg'
import { z } from 'zod'
import type { Principal } from '#platform/auth.ts'
import { passwordMatches } from './password.ts'
import { findCredentials, insertGrant } from './store.ts'
import { ACCESS_SECONDS, newRefreshToken, REFRESH_SECONDS, type TokenIssuer } from './tokens.ts'

export type SignInDeps = { pool: Pool; tokens: TokenIssuer; now: () => Date }

/** `expiresIn`: seconds until the access token does. */
export const TokenPair = z.object({
  accessToken: z.string(),
  refreshToken: z.string(),
  tokenType: z.literal('Bearer'),
  expiresIn: z.int(),
})
export type TokenPair = z.infer<typeof TokenPair>

/** Starts a new family of refresh tokens; `undefined` is a refusal, as slow for nobody as for somebody. */
export async function signIn(
  { pool, tokens, now }: SignInDeps,
  { email, password }: { email: string; password: string },
): Promise<TokenPair | undefined> {
  const found = await findCredentials(pool, email)
  const matches = await passwordMatches(password, found?.passwordHash)
  if (!found || !matches) return undefined

  const { customer } = found
  const issuedAt = now()
  const { token, tokenHash } = newRefreshToken()
  const stored = await insertGrant(pool, {
    tokenHash,
    family: randomUUID(),
    customerId: customer.id,
    issuedAt,
    expiresAt: expiryOf(issuedAt),
  })
  if (!stored) return undefined
  return pairOf({ tokens }, customer, token, issuedAt)
}

export const expiryOf = (issuedAt: Date) => new Date(issuedAt.getTime() + REFRESH_SECONDS * 1000)

export async function pairOf(
  { tokens }: Pick<SignInDeps, 'tokens'>,
  principal: Principal,
  refreshToken: string,
  issuedAt: Date,
): Promise<TokenPair> {
  return {
    accessToken: await tokens.accessToken(principal, issuedAt),
    refreshToken,
    tokenType: 'Bearer',
    expiresIn: ACCESS_SECONDS,
  }
}
