import { context, propagation, ROOT_CONTEXT } from '@opentelemetry/api'
import type { Message as AmqpMessage, ChannelModel, ConfirmChannel } from 'amqplib'
import { brokerAlarm } from './alarm.ts'
import type { Broker } from './topology.ts'
import { isHeard } from './topology.ts'

export type OutgoingMessage = {
  id: string
  name: string
  body: Buffer
  writtenAt: Date
  headers: Record<string, unknown>
}

/** `returned`: the broker had no queue for it. `failed`: no confirm came, so it may or may not be there. */
export type Outcome = 'confirmed' | 'returned' | 'failed'

const CONFIRM_WITHIN_MS = 10_000

/**
 * Publishes with confirms; every message that is sent is settled within ten seconds, whatever the connection
 * does. Nothing is sent during an alarm: it would pile up in this process and come twice. What is to be
 * sent then waits for the alarm's end, ten seconds at most.
 */
export function createPublisher(broker: Broker) {
  let channel: ConfirmChannel | undefined
  const alarm = brokerAlarm()
  const returned = new Set<string>()
  const waiting = new Set<() => void>()

  /** The connection carries nothing but what is published: the broker stops reading all of it. */
  async function use(model: ChannelModel): Promise<ConfirmChannel> {
    const next = await model.createConfirmChannel()
    next.on('return', ({ properties }: AmqpMessage) => returned.add(String(properties.messageId)))
    // amqplib does not promise to settle confirms of a dead channel.
    next.on('close', () => {
      if (channel === next) channel = undefined
      for (const fail of waiting) fail()
    })
    alarm.watch(model)
    channel = next
    return next
  }

  function send(
    exchange: string,
    routingKey: string,
    message: OutgoingMessage,
    mandatory: boolean,
  ): Promise<Outcome> {
    const open = channel
    if (!open || alarm.isOn()) return Promise.resolve('failed')
    return new Promise((resolve) => {
      const settle = (outcome: Outcome) => {
        clearTimeout(timer)
        waiting.delete(fail)
        resolve(returned.delete(message.id) ? 'returned' : outcome)
      }
      const fail = () => settle('failed')
      const timer = setTimeout(fail, CONFIRM_WITHIN_MS)
      waiting.add(fail)
      try {
        open.publish(exchange, routingKey, message.body, properties(message, mandatory), (error) =>
          settle(error ? 'failed' : 'confirmed'),
        )
      } catch {
        fail()
      }
    })
  }

  return {
    use,
    connected: () => channel !== undefined,
    blocked: alarm.isOn,
    /** All at once in the order given; the broker confirms batches, so 256 cost little more than one. */
    async publish(messages: OutgoingMessage[]): Promise<Outcome[]> {
      await alarm.over(CONFIRM_WITHIN_MS)
      return Promise.all(
        messages.map((message) =>
          context.with(propagation.extract(ROOT_CONTEXT, message.headers), () =>
            send(
              broker.exchangeOf(message.name),
              message.name,
              message,
              // Nobody hears it: then nobody misses it, and a return would keep it here for ever.
              isHeard(broker.topology, message.name),
            ),
          ),
        ),
      )
    },
    /** Straight to a queue, for retry and dead-letter moves. */
    async move(queue: string, message: OutgoingMessage): Promise<Outcome> {
      await alarm.over(CONFIRM_WITHIN_MS)
      return send('', queue, message, true)
    },
  }
}

export type Publisher = ReturnType<typeof createPublisher>

function properties(message: OutgoingMessage, mandatory: boolean) {
  return {
    persistent: true,
    mandatory,
    contentType: 'application/json',
    messageId: message.id,
    type: message.name,
    timestamp: message.writtenAt.getTime(),
    headers: message.headers,
  }
}
