import { createHash, timingSafeEqual } from 'node:crypto'
import type { RequestHandler, Response } from 'express'
import {
  createLocalJWKSet,
  createRemoteJWKSet,
  errors,
  type JWTVerifyGetKey,
  jwtVerify,
} from 'jose'
import { Problem, unavailable } from './problem.ts'

export const ROLES = ['customer', 'restaurant', 'admin'] as const
export type Role = (typeof ROLES)[number]
export type Principal = { id: string; role: Role }

/** Who shows this Authorization header. Throws 401 for a bad token, 503 when no key can be had to judge it. */
export type Verifier = (authorization: string) => Promise<Principal>

export type TokenRules = { issuer: string; audience: string; keys: JWTVerifyGetKey }

const REMEMBER_FOR_MS = 60_000
const KNOWN_TOKENS = 1_000

const notSignedIn = (detail: string, cause?: unknown) =>
  new Problem(401, 'unauthenticated', detail, { cause })

export const forbidden = () => new Problem(403, 'forbidden', 'your role may not do this')

/**
 * Verifies a bearer token when there is one. Every service does this itself: that a request came
 * through the gateway proves nothing.
 */
export function authenticate(rules: TokenRules): RequestHandler {
  const principalFrom = rememberingVerifier(rules)
  return async (req, res, next) => {
    const header = req.get('authorization')
    if (header) res.locals.principal = await principalFrom(header)
    next()
  }
}

/**
 * Remembers verified tokens until they expire, a minute at the most: a signature costs more than all
 * the rest of a read, and a key that was withdrawn a minute ago may still have signed them.
 */
export function rememberingVerifier(rules: TokenRules): Verifier {
  const known = new Map<string, { principal: Principal; until: number }>()
  return async (header) => {
    const token = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(header)?.[1]
    if (!token) throw notSignedIn('the Authorization header holds no bearer token')
    const before = known.get(token)
    if (before && before.until > Date.now()) return before.principal
    const verified = await verify(token, rules)
    known.delete(token)
    known.set(token, verified)
    if (known.size > KNOWN_TOKENS) known.delete(known.keys().next().value!)
    return verified.principal
  }
}

async function verify(token: string, rules: TokenRules) {
  try {
    const { payload } = await jwtVerify(token, rules.keys, {
      algorithms: ['EdDSA', 'Ed25519', 'ES256'],
      issuer: rules.issuer,
      audience: rules.audience,
      typ: 'at+jwt',
      clockTolerance: 30,
      requiredClaims: ['sub', 'exp', 'role'],
    })
    const role = ROLES.find((known) => known === payload.role)
    if (!role) throw notSignedIn('the token has no known role')
    const until = Math.min(payload.exp! * 1000, Date.now() + REMEMBER_FOR_MS)
    return { principal: { id: payload.sub!, role }, until }
  } catch (error) {
    if (error instanceof Problem) throw error
    if (isRefusal(error)) throw notSignedIn('the token is not valid', error)
    throw unavailable('the key server', error)
  }
}

const isRefusal = (error: unknown): boolean =>
  error instanceof errors.JOSEError &&
  !(error instanceof errors.JWKSTimeout) &&
  // What a key server that answers nonsense gives.
  !(error instanceof errors.JWKSInvalid) &&
  error.code !== 'ERR_JOSE_GENERIC'

/** Who is asking. Throws 401 without a token, 403 when `roles` are given and theirs is not among them. */
export function signedIn(res: Response, ...roles: Role[]): Principal {
  return allowed(res.locals.principal, ...roles)
}

export function allowed(principal: Principal | undefined, ...roles: Role[]): Principal {
  if (!principal) throw notSignedIn('sign in first')
  if (roles.length > 0 && !roles.includes(principal.role)) throw forbidden()
  return principal
}

/** True for admins and for the ids given: the rest of the world gets a 404, not a 403. */
export const mayRead = ({ id, role }: Principal, ...owners: string[]): boolean =>
  role === 'admin' || owners.includes(id)

/** The published keys, fetched when first needed; while they cannot be fetched, the last ones count. */
export function remoteKeys(url: string): JWTVerifyGetKey {
  const remote = createRemoteJWKSet(new URL(url), {
    timeoutDuration: 2_000,
    cooldownDuration: 5_000,
  })
  return async (header, token) => {
    try {
      return await remote(header, token)
    } catch (error) {
      const last = remote.jwks()
      if (!last || error instanceof errors.JWKSNoMatchingKey) throw error
      return createLocalJWKSet(last)(header, token)
    }
  }
}

const digest = (text: string) => createHash('sha256').update(text).digest()

/** True for a neighbour's key, compared in constant time. */
export function neighbourKey(apiKey: string): (offered: string | undefined) => boolean {
  const expected = digest(apiKey)
  return (offered) => Boolean(offered) && timingSafeEqual(digest(offered!), expected)
}

/** For routes that only neighbours may call. The gateway never forwards to them. */
export function neighboursOnly(apiKey: string): RequestHandler {
  const isNeighbour = neighbourKey(apiKey)
  return (req, _res, next) => {
    if (!isNeighbour(req.get('x-api-key'))) {
      throw new Problem(401, 'unauthenticated', 'this route is for services')
    }
    next()
  }
}
