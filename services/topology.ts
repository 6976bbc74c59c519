import { services } from './catalogue.ts'
import { messages } from './contracts/messages.ts'
import { matches } from './edges.ts'
import type { Queue } from './manifest.ts'
import type { Broker } from './platform/broker/topology.ts'

export const EVENTS = 'restofy.events'
export const COMMANDS = 'restofy.commands'

/** A queue with every message bound to it spelt out, and the exchange each one comes through. */
export type BoundQueue = {
  queue: string
  consumer: string
  prefetch: number
  bindings: readonly { exchange: string; message: string }[]
}

export const exchangeOf = (message: string): string =>
  kindOf(message) === 'command' ? COMMANDS : EVENTS

/** Every queue of the platform. All processes declare all of them, so that an event published before its consumer first started waits for it. */
export const topology: readonly BoundQueue[] = services.flatMap((service) =>
  service.hears.map((queue) => ({
    queue: queue.queue,
    consumer: service.name,
    prefetch: queue.prefetch ?? 32,
    bindings: bindingsOf(queue),
  })),
)

function bindingsOf({ queue, messages: patterns }: Queue): BoundQueue['bindings'] {
  return patterns.flatMap((pattern) => {
    const names = Object.keys(messages).filter((name) => matches(pattern, name))
    if (names.length === 0) throw new Error(`${queue} hears ${pattern}, which nobody has defined`)
    // `order.*` would also bind names not yet in the contract; spelling them out keeps topology exact.
    return names.map((message) => ({ exchange: exchangeOf(message), message }))
  })
}

function kindOf(name: string): 'event' | 'command' {
  const known = (messages as Record<string, { kind: 'event' | 'command' }>)[name]
  if (!known) throw new Error(`${name} is not in contracts/messages.ts`)
  return known.kind
}

/** What `runService` needs to know about messages; it knows no service itself. */
export const broker: Broker = {
  exchanges: { [EVENTS]: 'topic', [COMMANDS]: 'direct' },
  exchangeOf,
  topology,
}
