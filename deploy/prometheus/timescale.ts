/** How much faster than real time the alerts run: 1, or more in a drill. */
export type Timescale = { timescale: number; scrapeSecs: number }

export const REAL_TIME: Timescale = { timescale: 1, scrapeSecs: 5 }

const UNITS = { s: 1, m: 60, h: 3_600, d: 86_400 } as const

/** A rate over less than four scrapes says nothing (reference: Prometheus' own advice for `rate`). */
const SCRAPES_PER_WINDOW = 4

const secondsOf = (duration: string): number => {
  const [, count, unit] = /^(\d+)([smhd])$/.exec(duration) ?? []
  if (!count) throw new Error(`${duration} is no duration`)
  return Number(count) * UNITS[unit as keyof typeof UNITS]
}

/** A window such as `5m`, shortened; never below four scrapes. */
export function scaledWindow(window: string, { timescale, scrapeSecs }: Timescale): string {
  if (timescale === 1) return window
  return `${Math.max(SCRAPES_PER_WINDOW * scrapeSecs, Math.round(secondsOf(window) / timescale))}s`
}

/** A waiting time such as `2m`, shortened; may become 0. */
export const scaledWait = (wait: string, { timescale }: Timescale): string =>
  timescale === 1 ? wait : `${Math.round(secondsOf(wait) / timescale)}s`

/** An age in seconds, shortened; never below three seconds, within which nothing is late. */
export const scaledAge = (seconds: number, { timescale }: Timescale): number =>
  timescale === 1 ? seconds : Math.max(3, seconds / timescale)
