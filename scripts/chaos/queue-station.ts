import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import amqplib from 'amqplib'
import { createPublisher, type OutgoingMessage } from '../../services/platform/broker/publisher.ts'
import { type Broker, declare } from '../../services/platform/broker/topology.ts'
import type { Sent } from './total-queue.ts'

const QUEUE = 'chaos.total'
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

/** A queue as the platform declares its own, with the platform's publisher before it and ears behind. */
export async function queueStation(url: string) {
  const publisher = createPublisher(BROKER)
  const attempted = new Set<string>()
  const confirmed = new Set<string>()
  const received = new Map<string, number>()
  const setup = async (model: amqplib.ChannelModel) => {
    model.on('error', () => {}) // ends in 'close', and that in another connection
    const channel = await model.createChannel()
    await declare(channel, BROKER)
    await channel.prefetch(TOGETHER)
    await channel.consume(QUEUE, (message) => {
      if (!message) return void model.close().catch(() => {})
      const id = String(message.properties.messageId)
      received.set(id, (received.get(id) ?? 0) + 1)
      channel.ack(message)
    })
    await publisher.use(model)
  }
  const connection = await amqplib.connect(url, {
    recovery: { waitForConnect: false, initialDelay: 100, maxDelay: 1_000, setup },
  })
  connection.on('error', () => {})

  return {
    sent: { attempted, confirmed } satisfies Sent,
    received,
    /** Each is sent once, when somebody is there to take it; nobody repeats what was not confirmed. */
    async publish(messages: number): Promise<void> {
      for (let begun = 0; begun < messages; begun += TOGETHER) {
        while (!publisher.connected()) await sleep(50)
        const batch = Array.from({ length: Math.min(TOGETHER, messages - begun) }, message)
        for (const { id } of batch) attempted.add(id)
        const outcomes = await publisher.publish(batch)
        for (const [i, outcome] of outcomes.entries()) {
          if (outcome === 'confirmed') confirmed.add(batch[i]!.id)
        }
      }
    },
    close: () => connection.close(),
  }
}

const message = (): OutgoingMessage => ({
  ...{ id: randomUUID(), name: MESSAGE, body: Buffer.from('{}'), writtenAt: new Date() },
  headers: {},
})
