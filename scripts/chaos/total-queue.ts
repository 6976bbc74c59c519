export type Sent = { attempted: ReadonlySet<string>; confirmed: ReadonlySet<string> }

export type TotalQueue = {
  attempted: number
  confirmed: number
  /** Confirmed, and never delivered. */
  lost: string[]
  /** Delivered, and never sent. */
  unexpected: string[]
  /** Delivered more than once: allowed, the inbox is there for them. */
  duplicated: number
  /** Delivered, though nobody had confirmed them. */
  recovered: number
}

/** Jepsen's checker of the same name: what goes in comes out, whatever happens to the broker. */
export function totalQueue(
  { attempted, confirmed }: Sent,
  received: ReadonlyMap<string, number>,
): TotalQueue {
  const delivered = [...received.keys()]
  return {
    attempted: attempted.size,
    confirmed: confirmed.size,
    lost: [...confirmed].filter((id) => !received.has(id)),
    unexpected: delivered.filter((id) => !attempted.has(id)),
    duplicated: [...received.values()].filter((times) => times > 1).length,
    recovered: delivered.filter((id) => attempted.has(id) && !confirmed.has(id)).length,
  }
}
