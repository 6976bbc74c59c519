import { randomUUID } from 'node:crypto'
import type { TestContext } from 'node:test'
import amqplib from 'amqplib'
import { appendMessages, type Message } from '../outbox.ts'
import { relayOnce } from '../relay.ts'
import { inTransaction } from '../sql.ts'
import { eventually, silentLog, testBroker, testDatabase, testManagement } from '../testing.ts'
import { connectBroker } from './connection.ts'
import type { Consumers, QueueHandlers } from './consumer.ts'
import { type Broker, deadQueue, declare } from './topology.ts'

export const QUEUE = 'test.stock'
export const EXCHANGE = 'test.events'

/** One queue that hears `stock.released` and `stock.reserved`; nobody hears the other messages. */
export const BROKER: Broker = {
  exchanges: { [EXCHANGE]: 'topic' },
  exchangeOf: () => EXCHANGE,
  topology: [
    {
      queue: QUEUE,
      consumer: 'test',
      prefetch: 16,
      bindings: [
        { exchange: EXCHANGE, message: 'stock.released' },
        { exchange: EXCHANGE, message: 'stock.reserved' },
      ],
    },
  ],
}

/** A database and a virtual host of their own, and what a test does with them. Ends in reverse order. */
export async function station(t: TestContext) {
  const endings: (() => unknown)[] = []
  const later = { after: (ending: unknown) => void endings.unshift(ending as () => unknown) }
  t.after(async () => {
    for (const end of endings) await end()
  })
  const { pool, databaseUrl } = await testDatabase(later)
  await pool.query('create table effects (aggregate_id text, version int)')
  const url = await testBroker(later)
  const own = await amqplib.connect(url)
  own.on('error', () => {})
  later.after(() => own.close().catch(() => {}))
  const admin = await own.createChannel()
  await declare(admin, BROKER)

  async function connect(handlers?: QueueHandlers) {
    const consumers: Consumers = handlers ? { [QUEUE]: handlers } : {}
    const connection = await connectBroker({ url, broker: BROKER, consumers, pool, log: silentLog })
    later.after(connection.stop)
    await eventually(async () => connection.connected())
    return connection
  }

  return {
    pool,
    databaseUrl,
    url,
    admin,
    later,
    connect,
    vhost: new URL(url).pathname.slice(1),
    write: (...messages: Message[]) => inTransaction(pool, (tx) => appendMessages(tx, messages)),
    relay: (publish: Parameters<typeof relayOnce>[0]['publish']) =>
      relayOnce({ db: pool, publish }),
    pending: async () => (await pool.query('select id from outbox')).rows.length,
    effects: async () => (await pool.query('select * from effects order by version')).rows,
    dead: async () => (await admin.get(deadQueue(QUEUE), { noAck: true })) || undefined,
    send: (body: unknown, more: amqplib.Options.Publish = {}) =>
      void admin.sendToQueue(QUEUE, Buffer.from(text(body)), {
        messageId: randomUUID(),
        type: 'stock.released',
        ...more,
      }),
  }
}

export type Station = Awaited<ReturnType<typeof station>>

const text = (body: unknown) => (typeof body === 'string' ? body : JSON.stringify(body))

/** A message about one aggregate. */
export const released = (aggregateId: string, version = 1): Message => ({
  name: 'stock.released',
  aggregateId,
  version,
  payload: { orderId: aggregateId },
})

/** The broker ends every connection of this virtual host, the test's own too. */
export async function dropConnections(vhost: string): Promise<void> {
  // A connection appears in the broker's list a moment after it was made.
  const open = await eventually(async () => {
    const listed = await testManagement('GET', `/api/vhosts/${vhost}/connections`)
    return listed.length >= 2 && listed
  })
  for (const { name } of open) {
    await testManagement('DELETE', `/api/connections/${encodeURIComponent(name)}`).catch(ignoreGone)
  }
}

/** A service's two connections end together: the second one may be gone already. */
function ignoreGone(error: Error): void {
  if (!error.message.includes(' 404 ')) throw error
}

/** A promise somebody else resolves. */
export const gate = () => Promise.withResolvers<void>()
