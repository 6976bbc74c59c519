import { RETRY_LADDER_MS } from './topology.ts'

/** A message no retry can help: bad JSON, wrong shape, unknown name, a value that cannot be stored. */
export class Poison extends Error {
  override name = 'Poison'
}

/** PostgreSQL's class 22, data exception: it refuses the value itself, and will again. */
const REFUSED_VALUE = /^22/

export const isPoison = (error: unknown): boolean =>
  error instanceof Poison || REFUSED_VALUE.test((error as { code?: string }).code ?? '')

export type Failure = { move: 'retry'; afterMs: number } | { move: 'dead-letter' }

/** 3 rungs, then the last one again: about 9 minutes until a message is given up. */
export const MAX_ATTEMPTS = 24

/** What becomes of a message whose handler threw on its `attempt`-th retry (0: first delivery). */
export function failureOf(error: unknown, attempt: number): Failure {
  if (isPoison(error) || attempt >= MAX_ATTEMPTS) return { move: 'dead-letter' }
  const rung = Math.min(attempt, RETRY_LADDER_MS.length - 1)
  return { move: 'retry', afterMs: RETRY_LADDER_MS[rung]! }
}
