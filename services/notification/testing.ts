import { randomUUID } from 'node:crypto'
import type { TestContext } from 'node:test'
import type { OrderState } from '#contracts/order.ts'
import type { Role } from '#platform/auth.ts'
import { httpApp } from '#platform/http/app.ts'
import type { Redis } from '#platform/redis.ts'
import { request, serve, silentLog, testDatabase, testTokens } from '#platform/testing.ts'
import { hearing } from '#platform/testing-hearing.ts'
import { notificationConsumers } from './consumers.ts'
import { mailQueue, mailWorker } from './jobs.ts'
import type { Letter } from './mail.ts'
import type { OrderEvent } from './notification.ts'
import { notificationRoutes } from './routes.ts'
import { mailSender } from './send-mail.ts'
import { mailTransport } from './transport.ts'

export const FOLLOW_UP_AFTER_MS = 3_600_000

export const order: OrderState = {
  id: randomUUID(),
  customerId: randomUUID(),
  restaurantId: randomUUID(),
  ownerId: randomUUID(),
  status: 'placed',
  lines: [{ menuItemId: randomUUID(), name: 'Margherita', quantity: 2, unitCents: 1599 }],
  totalCents: 3198,
  currency: 'EUR',
  placedAt: '2025-06-01T12:00:00.000Z',
  version: 1,
}

type Change = { email?: string; deleted?: boolean }

type Options = {
  redis: Redis
  /** Hands the letters over; the sandbox when absent. */
  send?: (letter: Letter) => Promise<unknown>
  inbox?: boolean
  followUpAfterMs?: number
}

/** The service with a queue of its own. Mails are sent from when `work` is called. */
export async function start(t: TestContext, options: Options) {
  const { redis, inbox = true, followUpAfterMs = FOLLOW_UP_AFTER_MS } = options
  const { pool } = await testDatabase(t, import.meta.dirname)
  const { authenticate, as } = await testTokens()
  let ticks = 0
  const now = () => new Date(Date.UTC(2025, 5, 1, 12, 0, ticks++))
  const jobs = { redis, log: silentLog, prefix: `test-${randomUUID()}`, attempts: 3, backoffMs: 50 }
  const queue = mailQueue(jobs)
  t.after(() => queue.close().catch(() => {}))
  const { enqueue } = queue
  const consumers = notificationConsumers({ log: silentLog, now, enqueue, followUpAfterMs })
  const hear = hearing(pool, consumers, { inbox })
  const routes = notificationRoutes({ pool, now })
  const url = await serve(t, httpApp(silentLog, [authenticate, routes]))
  const sandbox = mailTransport()
  const send = options.send ?? ((letter) => sandbox.sendMail(letter))
  return {
    pool,
    enqueue,
    queueKey: (name: string) => `${jobs.prefix}:mail:${name}`,
    work() {
      const sender = mailSender({ pool, log: silentLog, from: 'shop@restofy.test', send })
      const worker = mailWorker(jobs, sender)
      t.after(() => worker.stop())
    },
    hearOrder: (name: OrderEvent, id?: string) =>
      hear('notification.orders', name, { order }, { id }),
    hearCustomer: (customerId: string, email?: string) =>
      hear('notification.customers', 'customer.registered', {
        ...{ customerId, name: 'Anna', role: 'customer', email },
      }),
    hearChange: (version: number, { email, deleted = false }: Change) =>
      hear(
        'notification.customers',
        'customer.changed',
        { customerId: order.customerId, name: 'Anna', email, deleted },
        { version },
      ),
    list: async (id: string, role: Role, query = '', of: string = order.customerId) =>
      request(`${url}/customers/${of}/notifications${query}`, { headers: await as({ id, role }) }),
    /** Own notifications, as version 2 lists them. */
    listV2: async (id: string, query = '') =>
      request(`${url}/customers/${id}/notifications${query}`, {
        headers: { ...(await as({ id, role: 'customer' })), 'api-version': 'v2' },
      }),
  }
}
