import { expiryOf, pairOf, type SignInDeps, type TokenPair } from './sign-in.ts'
import { revokeFamily, rotateGrant } from './store.ts'
import { newRefreshToken, refreshTokenHash } from './tokens.ts'

/**
 * A new pair for a refresh token, which is good once. One that comes a second time was stolen, or its
 * successor was: nobody can tell whose is the thief's, so all of them end. `undefined` is a refusal.
 */
export async function refreshSignIn(
  deps: SignInDeps,
  refreshToken: string,
): Promise<TokenPair | undefined> {
  const issuedAt = deps.now()
  const shown = refreshTokenHash(refreshToken)
  const { token, tokenHash } = newRefreshToken()
  const next = { tokenHash, issuedAt, expiresAt: expiryOf(issuedAt) }
  const holder = await rotateGrant(deps.pool, shown, next)
  if (holder) return pairOf(deps, holder, token, issuedAt)
  await revokeFamily(deps.pool, shown, issuedAt)
  return undefined
}

/** Ends a sign-in. Who has none, or an ended one, is signed out already. */
export async function signOut({ pool, now }: SignInDeps, refreshToken: string): Promise<void> {
  await revokeFamily(pool, refreshTokenHash(refreshToken), now())
}
