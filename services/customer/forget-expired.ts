import { every } from '#platform/every.ts'
import type { Log } from '#platform/log.ts'
import type { SignInDeps } from './sign-in.ts'
import { forgetExpired } from './store.ts'

const EVERY_MS = 60_000
/** Small enough to hold no lock for long. */
const AT_ONCE = 1_000

/**
 * Deletes refresh tokens once they have expired. Until then a used one stays: it tells a thief's second
 * use from a token that never was.
 */
export function cleanTokens(
  { pool, now }: Pick<SignInDeps, 'pool' | 'now'>,
  log: Log,
): { stop: () => Promise<void> } {
  return every(EVERY_MS, log, async function cleanTokens() {
    while ((await forgetExpired(pool, now(), AT_ONCE)) === AT_ONCE);
  })
}
