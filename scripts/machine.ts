import { cpus, loadavg, totalmem } from 'node:os'

/** What every published figure carries: the date and the machine it was measured on. */
export function machine(): string {
  const { model } = cpus()[0] ?? { model: 'unknown' }
  const gib = Math.round(totalmem() / 2 ** 30)
  const date = new Date().toISOString().slice(0, 16).replace('T', ' ')
  return `${date} UTC, ${cpus().length} cores (${model.trim()}), ${gib} GiB, load average ${loadavg()[0]!.toFixed(1)}`
}

export const answers = (url: string): Promise<boolean> =>
  fetch(url, { signal: AbortSignal.timeout(2_000) }).then(
    ({ ok }) => ok,
    () => false,
  )
