import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import amqplib from 'amqplib'
import {
  createPublisher,
  type OutgoingMessage,
  type Publisher,
} from '../../services/platform/broker/publisher.ts'
import { type Broker, declare } from '../../services/platform/broker/topology.ts'
import type { Sent } from './total-queue.ts'

export const QUEUE = 'chaos.total'
const EXCHANGE = 'chaos.total'
const MESSAGE = 'stock.released'
const TOGETHER = 256

const BROKER: Broker = {
  exchanges: { [EXCHANGE]: 'topic' },
  exchangeOf: () => EXCHANGE,
  topology: [
    {
      ...{ queue: QUEUE, consumer: 'chaos', prefetch: TOGETHER },
      bindings: [{ exchange: EXCHANGE, message: MESSAGE }],
    },
  ],
}

/**
 * A queue as the platform declares its own, with the platform's publisher before it and ears behind, at
 * each of these brokers. `trusting` does without confirms: it believes whatever it has sent.
 */
export async function queueStation(urls: readonly string[], { trusting = false } = {}) {
  const attempted = new Set<string>()
  const confirmed = new Set<string>()
  const received = new Map<string, number>()
  let closed = false
  const hear = (id: string) => received.set(id, (received.get(id) ?? 0) + 1)
  const lines = await Promise.all(urls.map((url) => openLine(url, hear)))

  async function send(publisher: Publisher, batch: OutgoingMessage[]): Promise<void> {
    for (const { id } of batch) attempted.add(id)
    if (trusting) for (const { id } of batch) confirmed.add(id)
    const outcomes = await publisher.publish(batch)
    for (const [i, outcome] of outcomes.entries()) {
      if (outcome === 'confirmed') confirmed.add(batch[i]!.id)
    }
  }

  return {
    sent: { attempted, confirmed } satisfies Sent,
    received,
    /** Until every broker has been reached. */
    async ready(): Promise<void> {
      while (!lines.every(({ publisher }) => publisher.connected())) await sleep(50)
    },
    /** Each is sent once, by whoever is connected; nobody repeats what was not confirmed. */
    async publish(messages: number, pauseMs = 0): Promise<void> {
      let begun = 0
      const goesOn = () => begun < messages && !closed
      const sending = lines.map(async ({ publisher }) => {
        while (goesOn()) {
          if (publisher.connected()) {
            const batch = Array.from({ length: Math.min(TOGETHER, messages - begun) }, message)
            begun += batch.length
            await send(publisher, batch)
          }
          await sleep(publisher.connected() ? pauseMs : 50)
        }
      })
      await Promise.all(sending)
    },
    async close(): Promise<void> {
      closed = true
      await Promise.all(lines.map(({ connection }) => connection.close()))
    },
  }
}

export type QueueStation = Awaited<ReturnType<typeof queueStation>>

/** Stays connected to one broker, publishes there and listens there. */
async function openLine(url: string, hear: (id: string) => void) {
  const publisher = createPublisher(BROKER)
  const setup = async (model: amqplib.ChannelModel) => {
    model.on('error', () => {}) // ends in 'close', and that in another connection
    const channel = await model.createChannel()
    await declare(channel, BROKER)
    await channel.prefetch(TOGETHER)
    await channel.consume(QUEUE, (message) => {
      if (!message) return void model.close().catch(() => {})
      hear(String(message.properties.messageId))
      channel.ack(message)
    })
    await publisher.use(model)
  }
  const connection = await amqplib.connect(url, {
    recovery: { waitForConnect: false, initialDelay: 100, maxDelay: 1_000, setup },
  })
  connection.on('error', () => {})
  return { publisher, connection }
}

const message = (): OutgoingMessage => ({
  ...{ id: randomUUID(), name: MESSAGE, body: Buffer.from('{}'), writtenAt: new Date() },
  headers: {},
})
