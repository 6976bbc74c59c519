import { setTimeout as sleep } from 'node:timers/promises'
import type { Profile } from '../../deploy/host/profile.ts'
import type { Secrets } from '../../deploy/host/secrets.ts'
import type { Witness } from './facts.ts'
import { readFacts } from './read.ts'
import { judge, type Verdict } from './verdict.ts'

const LOOK_EVERY_MS = 1_000
/** The broker counts its messages every five seconds: a green verdict has to outlast that. */
const GREEN_FOR_MS = 6_000

/**
 * Looks until everything has been green for a while, or until `withinMs` have passed; the last
 * verdict, and how long it took to become what it is. A server that is not back yet is waited for.
 */
export async function settledVerdict(
  place: { profile: Profile; secrets: Secrets },
  { withinMs, witness }: { withinMs: number; witness?: Witness },
): Promise<{ verdict: Verdict; settledMs: number }> {
  const startedAt = Date.now()
  let greenAt: number | undefined
  for (;;) {
    const seen = await readFacts(place).then(
      (facts) => judge(facts, witness),
      (error: Error) => error,
    )
    const now = Date.now()
    if (seen instanceof Error || seen.verdict === 'red') greenAt = undefined
    else greenAt ??= now
    const over = greenAt === undefined ? now - startedAt > withinMs : now - greenAt > GREEN_FOR_MS
    if (over && seen instanceof Error) throw seen
    if (over) return { verdict: seen as Verdict, settledMs: (greenAt ?? now) - startedAt }
    await sleep(LOOK_EVERY_MS)
  }
}
