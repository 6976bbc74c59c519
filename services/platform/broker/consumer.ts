import { randomUUID } from 'node:crypto'
import type { Channel, ConsumeMessage } from 'amqplib'
import { z } from 'zod'
import { type MessageName, messages, type Payload, SCHEMA_VERSION } from '#contracts/messages.ts'
import { inContext } from '../context.ts'
import { failpoint, without } from '../failpoint.ts'
import type { Log } from '../log.ts'
import { duplicates, messageAge, processDuration } from '../metrics.ts'
import type { Tx } from '../sql.ts'
import { failureOf, isPoison, Poison } from './failure.ts'
import type { GroupCommit } from './group-commit.ts'
import { inTurn } from './in-turn.ts'
import type { Publisher } from './publisher.ts'
import { takeCarefully } from './take-carefully.ts'
import { deadQueue, retryQueue } from './topology.ts'

export type Received<Name extends MessageName = MessageName> = {
  id: string
  name: Name
  payload: Payload<Name>
  aggregateId: string
  version: number
  attempt: number
  /** When its publisher wrote it, in the transaction of what it reports; undefined: it did not say. */
  writtenAt?: Date
}

/** Runs the effect and remembers the message in one transaction; false: it had run before. */
export type Once = (work: (tx: Tx) => Promise<void> | void) => Promise<boolean>

export type Handlers = {
  [Name in MessageName]?: (message: Received<Name>, once: Once) => Promise<unknown>
}

/** What is known of a message that cannot be understood, or whose effect cannot be stored. */
export type Unread = Pick<Received, 'aggregateId' | 'version'> & { name: string }

/**
 * What a service does with each of its queues; `setAside`, with what would otherwise become a dead
 * letter at once. It becomes one all the same when that throws it again.
 */
export type QueueHandlers = Handlers & {
  setAside?: (message: Unread, error: Error) => Promise<void>
}
export type Consumers = Readonly<Record<string, QueueHandlers>>

const Id = z.uuid()
/** Ten times what the HTTP door lets in: nothing of ours is as large. */
const MOST_BYTES = 1_000_000

export type ConsumerDeps = { commit: GroupCommit; publisher: Publisher; log: Log }

/**
 * Consumes one queue. A message is acknowledged after its handler's transaction has committed, or
 * after the broker has confirmed it in a retry or dead-letter queue: never before, so a crash
 * anywhere only means a second delivery. Messages of one aggregate are handled one after another.
 */
export async function consume(
  deps: ConsumerDeps,
  channel: Channel,
  { queue, prefetch }: { queue: string; prefetch: number },
  handlers: QueueHandlers,
): Promise<{ stop: () => Promise<void> }> {
  const running = new Set<Promise<void>>()
  const turns = inTurn()
  // From 0: a counter that begins with its first event never shows it as an increase.
  duplicates.inc({ messaging_destination_name: queue }, 0)
  const taking = takeCarefully(channel, { queue, prefetch }, (raw) => {
    const key = String(raw.properties.headers?.['aggregate-id'] ?? raw.properties.messageId)
    const work = turns(key, () => receive(deps, channel, queue, handlers, raw))
    running.add(work)
    void work.finally(() => running.delete(work))
  })
  await taking.begun
  return {
    async stop() {
      await taking.stop()
      await Promise.allSettled(running)
      // Acknowledgements still buffered would be lost with the connection; an answer proves they arrived.
      await channel.prefetch(prefetch).catch(() => {})
    },
  }
}

async function receive(
  deps: ConsumerDeps,
  channel: Channel,
  queue: string,
  handlers: QueueHandlers,
  raw: ConsumeMessage,
): Promise<void> {
  const started = performance.now()
  const { timestamp, headers } = raw.properties
  if (timestamp) messageAge.observe({ messaging_destination_name: queue }, age(timestamp))
  const context = { correlationId: String(headers?.['correlation-id'] ?? raw.properties.messageId) }
  await inContext(context, async () => {
    const outcome = await handle(deps, queue, handlers, raw).then(
      () => 'ack' as const,
      (error) => failed(deps, queue, handlers, { raw, error }),
    )
    settle(channel, raw, outcome)
    await failpoint('C12')
    const seconds = (performance.now() - started) / 1000
    processDuration.observe({ messaging_destination_name: queue, outcome }, seconds)
    deps.log.info(
      {
        queue,
        message: raw.properties.type,
        message_id: raw.properties.messageId,
        aggregate_id: headers?.['aggregate-id'],
        outcome,
        duration_ms: Math.round(seconds * 1e4) / 10,
      },
      'message',
    )
  })
}

async function handle(
  { commit, log }: ConsumerDeps,
  queue: string,
  handlers: QueueHandlers,
  raw: ConsumeMessage,
): Promise<void> {
  const message = open(raw)
  const handler = handlers[message.name] as
    | ((message: Received, once: Once) => Promise<unknown>)
    | undefined
  if (!handler) throw new Poison(`${queue} does not know what to do with ${message.name}`)
  const once: Once = async (work) => {
    const fresh = await commit(queue, message.id, work)
    if (!fresh) {
      duplicates.inc({ messaging_destination_name: queue })
      log.info({ queue, message: message.name, message_id: message.id }, 'seen before, skipped')
    }
    return fresh
  }
  await failpoint('C9')
  await handler(message, once)
  await failpoint('C11')
}

function open(raw: ConsumeMessage): Received {
  const { messageId, type, headers, timestamp } = raw.properties
  if (!Object.hasOwn(messages, type ?? '')) throw new Poison(`unknown message ${type}`)
  const known = messages[type as MessageName]
  if (!Id.safeParse(messageId).success) throw new Poison(`${type} has no id`)
  const version = headers?.['schema-version'] ?? SCHEMA_VERSION
  if (version !== SCHEMA_VERSION) throw new Poison(`${type} has a schema of version ${version}`)
  if (raw.content.length > MOST_BYTES) throw new Poison(`${type} is too large`)
  let body: unknown
  try {
    body = JSON.parse(raw.content.toString())
  } catch (error) {
    throw new Poison(`${type} is not JSON`, { cause: error })
  }
  const result = known.payload.safeParse(body)
  if (!result.success) throw new Poison(`${type} does not fit its schema`, { cause: result.error })
  return {
    // Nothing downstream can recognise a second delivery then.
    id: without('inbox') ? randomUUID() : messageId,
    name: type as MessageName,
    payload: result.data as Payload<MessageName>,
    ...aggregateOf(raw),
    attempt: attemptOf(raw),
    ...(timestamp && { writtenAt: new Date(timestamp) }),
  }
}

type Failed = { raw: ConsumeMessage; error: unknown }

async function failed(
  deps: ConsumerDeps,
  queue: string,
  { setAside }: QueueHandlers,
  { raw, error }: Failed,
): Promise<'set_aside' | 'retry' | 'dead_letter' | 'requeue'> {
  if (!setAside || !isPoison(error)) return giveBack(deps, queue, { raw, error })
  try {
    await setAside({ ...aggregateOf(raw), name: String(raw.properties.type) }, error as Error)
    return 'set_aside'
  } catch (second) {
    return giveBack(deps, queue, { raw, error: second })
  }
}

async function giveBack(
  { publisher, log }: ConsumerDeps,
  queue: string,
  { raw, error }: Failed,
): Promise<'retry' | 'dead_letter' | 'requeue'> {
  const { messageId, type, headers, timestamp } = raw.properties
  const failure = failureOf(error, attemptOf(raw))
  const details = { err: error, queue, message: type, message_id: messageId, ...failure }
  if (failure.move === 'retry') log.warn(details, 'message failed, will be tried again')
  else log.error(details, 'message dead-lettered')
  const moved = await publisher.move(
    failure.move === 'retry' ? retryQueue(queue, failure.afterMs) : deadQueue(queue),
    {
      id: String(messageId ?? `unnamed-${Date.now()}`),
      name: String(type),
      body: raw.content,
      writtenAt: new Date(timestamp ?? Date.now()),
      headers: {
        ...headers,
        'x-attempt': attemptOf(raw) + 1,
        'x-error': String((error as Error).message).slice(0, 200),
      },
    },
  )
  if (moved !== 'confirmed') return 'requeue'
  return failure.move === 'retry' ? 'retry' : 'dead_letter'
}

function settle(channel: Channel, raw: ConsumeMessage, outcome: string): void {
  try {
    if (outcome === 'requeue') channel.nack(raw, false, true)
    else channel.ack(raw)
  } catch {
    // The channel is gone: the broker delivers again and the inbox answers.
  }
}

const aggregateOf = ({ properties: { headers } }: ConsumeMessage) => ({
  aggregateId: String(headers?.['aggregate-id']),
  version: Number(headers?.['aggregate-version']),
})
const attemptOf = (raw: ConsumeMessage) => Number(raw.properties.headers?.['x-attempt'] ?? 0)
const age = (timestamp: number) => Math.max(0, Date.now() - timestamp) / 1000
