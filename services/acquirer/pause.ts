import type { Response } from 'express'

/** Waits `ms`, but no longer than the caller does, and no longer than until the process is `leaving`. */
export function pauseFor(res: Response, ms: number, leaving: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer)
      res.off('close', done)
      leaving.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms).unref()
    res.once('close', done)
    leaving.addEventListener('abort', done)
    if (res.destroyed || leaving.aborted) done()
  })
}
