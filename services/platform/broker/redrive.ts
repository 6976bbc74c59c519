import type { ConfirmChannel, ConsumeMessage, GetMessage } from 'amqplib'
import { deadQueue } from './topology.ts'

/** A dead letter, and why it is one. */
export type Letter = { id: string; name: string; aggregateId: string; error: string; bytes: number }

/**
 * Moves the dead letters of a queue back to it, each confirmed there before it is taken from here: a
 * crash in between only means a second delivery. They start anew, with no attempts counted. Only what
 * was there at the beginning is moved, or a letter that dies again at once would go round for ever.
 */
export async function redrive(channel: ConfirmChannel, queue: string): Promise<Letter[]> {
  return eachLetter(channel, queue, async (raw) => {
    const { 'x-attempt': _, 'x-error': __, 'x-death': ___, ...headers } = headersOf(raw)
    channel.sendToQueue(queue, raw.content, {
      ...raw.properties,
      ...{ headers, persistent: true },
    })
    await channel.waitForConfirms()
    channel.ack(raw)
  })
}

/** What `redrive` would move; everything stays where it is. */
export async function deadLetters(channel: ConfirmChannel, queue: string): Promise<Letter[]> {
  const seen: GetMessage[] = []
  const letters = await eachLetter(channel, queue, async (raw) => void seen.push(raw))
  for (const raw of seen.reverse()) channel.nack(raw, false, true)
  return letters
}

async function eachLetter(
  channel: ConfirmChannel,
  queue: string,
  visit: (raw: GetMessage) => Promise<void>,
): Promise<Letter[]> {
  const { messageCount } = await channel.checkQueue(deadQueue(queue))
  const letters: Letter[] = []
  while (letters.length < messageCount) {
    const raw = await channel.get(deadQueue(queue))
    if (!raw) break
    letters.push(letterOf(raw))
    await visit(raw)
  }
  return letters
}

const headersOf = ({ properties }: Pick<ConsumeMessage, 'properties'>) => properties.headers ?? {}

function letterOf(raw: GetMessage): Letter {
  const headers = headersOf(raw)
  return {
    id: String(raw.properties.messageId),
    name: String(raw.properties.type),
    aggregateId: String(headers['aggregate-id'] ?? 'none'),
    error: String(headers['x-error'] ?? 'delivered too often'),
    bytes: raw.content.length,
  }
}
