import { existsSync, readFileSync } from 'node:fs'

/** One event of an order as a consumer has handled it. */
export type Heard = { queue: string; orderId: string; version: number }

/** Who heard an event late or missed one before it; hearing one again is no disorder. */
export function disorder(heard: readonly Heard[]): string[] {
  const latest = new Map<string, number>()
  return heard.flatMap(({ queue, orderId, version }) => {
    const ear = `${queue} ${orderId}`
    const before = latest.get(ear) ?? 0
    latest.set(ear, Math.max(before, version))
    return version <= before + 1 ? [] : [`${ear}: event ${version} came after ${before}`]
  })
}

/** What a queue should have brought and did not. */
export function unheard(heard: readonly Heard[], expected: readonly Heard[]): string[] {
  const name = ({ queue, orderId, version }: Heard) => `${queue} ${orderId}: event ${version}`
  const known = new Set(heard.map(name))
  return expected.map(name).filter((event) => !known.has(event))
}

/** From a consumer's log, in the order it was written; `versionOf` by order and message name. */
export function heardIn(file: string, versionOf: ReadonlyMap<string, number>): Heard[] {
  if (!existsSync(file)) return []
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.includes('"msg":"message"') && line.includes('"outcome":"ack"'))
    .map((line) => JSON.parse(line) as { queue: string; message: string; aggregate_id: string })
    .flatMap(({ queue, message, aggregate_id: orderId }) => {
      const version = versionOf.get(`${orderId} ${message}`)
      return version === undefined ? [] : [{ queue, orderId, version }]
    })
}
