import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import type { Log } from './log.ts'

/** Wake-ups from a PostgreSQL channel. A lost connection only costs the caller its poll interval. */
export function listen(connectionString: string, channel: string, log: Log) {
  let stopped = false
  let pending = false
  let wake: () => void = () => {}
  let client: pg.Client | undefined

  const notify = () => {
    pending = true
    wake()
  }

  async function keepListening(): Promise<void> {
    while (!stopped) {
      client = new pg.Client({ connectionString, connectionTimeoutMillis: 3_000 })
      const lost = new Promise<void>((resolve) => {
        client!.on('end', resolve).on('error', () => resolve())
      })
      try {
        await client.connect()
        client.on('notification', notify)
        await client.query(`listen ${channel}`)
        notify()
        await lost
      } catch (error) {
        if (!stopped) log.debug({ err: error }, 'cannot listen')
      }
      await client.end().catch(() => {})
      if (!stopped) await sleep(1_000)
    }
  }

  const listening = keepListening()
  return {
    /** Resolves at the next notification, at one missed since the last call, or after `withinMs`. */
    async next(withinMs: number): Promise<void> {
      if (!pending && !stopped) {
        let timer: NodeJS.Timeout | undefined
        await new Promise<void>((resolve) => {
          wake = resolve
          timer = setTimeout(resolve, withinMs)
        })
        clearTimeout(timer)
      }
      pending = false
    },
    async stop(): Promise<void> {
      stopped = true
      wake()
      await client?.end().catch(() => {})
      await listening
    },
  }
}
