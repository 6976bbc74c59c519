import { randomUUID } from 'node:crypto'
import type { Pool } from 'pg'
import { type MessageName, messages, type Payload } from '#contracts/messages.ts'
import type { Consumers, Once, Received } from './broker/consumer.ts'
import { groupCommit } from './broker/group-commit.ts'
import { inTransaction } from './sql.ts'

type Envelope = Partial<Pick<Received, 'id' | 'aggregateId' | 'version' | 'writtenAt'>>

/**
 * Gives a service's consumers one message, as the broker's delivery would. The same `id` again is a
 * second delivery, which the inbox answers; `inbox: false` leaves it to the service itself.
 * Rejects when the handler does: the broker would then try again.
 */
export function hearing(pool: Pool, consumers: Consumers, { inbox = true } = {}) {
  const commit = groupCommit(pool)
  return async <Name extends MessageName>(
    queue: string,
    name: Name,
    payload: Payload<Name>,
    { id = randomUUID(), ...envelope }: Envelope = {},
  ): Promise<void> => {
    const handler = consumers[queue]?.[name] as
      | ((message: Received, once: Once) => Promise<unknown>)
      | undefined
    if (!handler) throw new Error(`${queue} does not hear ${name}`)
    const once: Once = inbox
      ? (work) => commit(queue, id, work)
      : (work) => inTransaction(pool, async (tx) => work(tx)).then(() => true)
    const known = { payload: messages[name].payload.parse(payload), id, name }
    await handler(
      { aggregateId: id, version: 1, attempt: 0, ...envelope, ...known } as Received,
      once,
    )
  }
}

/** What a service has said so far: the messages in its outbox, oldest first. */
export async function said(pool: Pool): Promise<{ message: string; payload: unknown }[]> {
  return (await pool.query('select message, payload from outbox order by seq')).rows
}

/** The names alone. */
export const saidNames = async (pool: Pool): Promise<string[]> =>
  (await said(pool)).map(({ message }) => message)
