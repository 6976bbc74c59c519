import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { importJWK, SignJWT } from 'jose'
import type { Principal } from '#platform/auth.ts'
import type { SigningKey } from './config.ts'

export const ACCESS_SECONDS = 900
export const REFRESH_SECONDS = 30 * 86_400

const ALGORITHM = 'EdDSA'

export type TokenIssuer = {
  /** A signed access token (RFC 9068), good for `ACCESS_SECONDS`. */
  accessToken: (principal: Principal, now: Date) => Promise<string>
  /** The public half, as `/.well-known/jwks.json` shows it. */
  jwks: { keys: object[] }
}

export async function tokenIssuer(
  signingKey: SigningKey,
  { issuer, audience }: { issuer: string; audience: string },
): Promise<TokenIssuer> {
  const { kty, crv, x, kid } = signingKey
  const key = await importJWK({ ...signingKey }, ALGORITHM)
  return {
    jwks: { keys: [{ kty, crv, x, kid, alg: ALGORITHM, use: 'sig' }] },
    accessToken: ({ id, role }, now) => {
      const seconds = Math.floor(now.getTime() / 1000)
      return new SignJWT({ role })
        .setProtectedHeader({ alg: ALGORITHM, kid, typ: 'at+jwt' })
        .setIssuer(issuer)
        .setAudience(audience)
        .setSubject(id)
        .setJti(randomUUID())
        .setIssuedAt(seconds)
        .setExpirationTime(seconds + ACCESS_SECONDS)
        .sign(key)
    },
  }
}

/** 256 random bits say nothing and cannot be guessed, so a fast hash is enough to store them. */
export function newRefreshToken(): { token: string; tokenHash: Buffer } {
  const token = randomBytes(32).toString('base64url')
  return { token, tokenHash: refreshTokenHash(token) }
}

export const refreshTokenHash = (token: string): Buffer =>
  createHash('sha256').update(token).digest()
