import { createHmac } from 'node:crypto'
import type { Pool } from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { without } from './failpoint.ts'
import { claimKey, finishKey, type KeptAnswer, releaseKey } from './idempotency-keys.ts'

export type KeyedCall = { principal: string; key?: string; request: object }

/** The id of what is made, and its answer for the statement that makes it to keep. */
export type Making<Made> = { id: string; answer: (made: Made) => KeptAnswer | undefined }

/**
 * What `idempotent` does for HTTP, for calls whose answer is an object: the same call under one key
 * makes one thing and is answered alike. Only answers are kept, a refusal is found again.
 */
export type OncePerKey = <Made extends object>(
  call: KeyedCall,
  make: (making: Making<Made>) => Promise<Made>,
) => Promise<Made>

export function oncePerKey(pool: Pool, pepper: string): OncePerKey {
  return async ({ principal, key, request }, make) => {
    if (key === undefined || without('idempotency')) {
      return make({ id: uuidv7(), answer: () => undefined })
    }
    const holder = { principal, key }
    const fingerprint = createHmac('sha256', pepper).update(JSON.stringify(request))
    const claimed = await claimKey(pool, {
      ...holder,
      fingerprint: fingerprint.digest('base64url'),
    })
    if ('kept' in claimed) return JSON.parse(claimed.kept.body)
    const answer = (made: object) => ({
      ...{ ...holder, status: 200, headers: {} },
      body: JSON.stringify(made),
    })
    try {
      const made = await make({ id: claimed.resourceId, answer })
      const kept = await finishKey(pool, answer(made))
      return kept ? JSON.parse(kept.body) : made
    } catch (error) {
      await releaseKey(pool, holder)
      throw error
    }
  }
}
