import { setTimeout as sleep } from 'node:timers/promises'
import type { Log } from './log.ts'

/** Does `work` again and again, `pauseMs` after it last ended, until stopped. A failure only costs one round. */
export function every(
  pauseMs: number,
  log: Log,
  work: () => Promise<unknown>,
): { stop: () => Promise<void> } {
  const stopping = new AbortController()
  const working = (async () => {
    while (!stopping.signal.aborted) {
      await work().catch((err) => log.warn({ err, work: work.name }, 'a round failed'))
      await sleep(pauseMs, undefined, { signal: stopping.signal }).catch(() => {})
    }
  })()
  return {
    async stop() {
      stopping.abort()
      await working
    },
  }
}
