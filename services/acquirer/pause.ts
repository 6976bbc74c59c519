import type { Response } from 'express'

/** Waits, but no longer than the caller does, and without keeping a draining process alive. */
export function pauseFor(res: Response, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer)
      res.off('close', done)
      resolve()
    }
    const timer = setTimeout(done, ms).unref()
    res.once('close', done)
    if (res.destroyed) done()
  })
}
