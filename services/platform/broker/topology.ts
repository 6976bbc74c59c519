import type { Channel } from 'amqplib'

export type Topology = readonly {
  queue: string
  consumer: string
  prefetch: number
  bindings: readonly { exchange: string; message: string }[]
}[]

export type Exchanges = Readonly<Record<string, 'topic' | 'direct'>>

/** What the broker holds, derived from the catalogue; the broker itself knows no service. */
export type Broker = {
  exchanges: Exchanges
  exchangeOf: (message: string) => string
  topology: Topology
}

/** How long a failed message waits before its next try; the last rung repeats. */
export const RETRY_LADDER_MS = [250, 2_500, 25_000] as const

/** How often a message may be handed out and come back unanswered, which is how it brings a process down. */
export const DELIVERY_LIMIT = 20

export const retryQueue = (queue: string, ms: number) => `${queue}.retry.${ms}`
export const deadQueue = (queue: string) => `${queue}.dead`

const quorum = (more: object = {}) => ({
  durable: true,
  arguments: { 'x-queue-type': 'quorum', ...more },
})

// At-least-once dead-lettering needs reject-publish; with drop-head it silently becomes at-most-once.
const deadLetterTo = (queue: string) => ({
  'x-dead-letter-exchange': '',
  'x-dead-letter-routing-key': queue,
  'x-dead-letter-strategy': 'at-least-once',
  'x-overflow': 'reject-publish',
})

/** Declares exchanges, queues, retry rungs and dead-letter queues; harmless when they exist. */
export async function declare(channel: Channel, { exchanges, topology }: Broker): Promise<void> {
  for (const [name, type] of Object.entries(exchanges)) {
    await channel.assertExchange(name, type, { durable: true })
  }
  for (const { queue, bindings } of topology) {
    await channel.assertQueue(deadQueue(queue), quorum())
    await channel.assertQueue(
      queue,
      quorum({ 'x-delivery-limit': DELIVERY_LIMIT, ...deadLetterTo(deadQueue(queue)) }),
    )
    for (const ms of RETRY_LADDER_MS) {
      await channel.assertQueue(
        retryQueue(queue, ms),
        quorum({ 'x-message-ttl': ms, ...deadLetterTo(queue) }),
      )
    }
    for (const { exchange, message } of bindings) await channel.bindQueue(queue, exchange, message)
  }
}

export const isHeard = (topology: Topology, message: string): boolean =>
  topology.some(({ bindings }) => bindings.some((binding) => binding.message === message))
