import { setTimeout as sleep } from 'node:timers/promises'
import { type Job, Queue, UnrecoverableError, Worker } from 'bullmq'
import { batched } from '#platform/batched.ts'
import { every } from '#platform/every.ts'
import type { Log } from '#platform/log.ts'
import type { Redis } from '#platform/redis.ts'
import { mailFor } from './mail.ts'
import type { DueMail } from './mail-store.ts'
import type { SendMail } from './send-mail.ts'

/** Where the queue is, and what a job may take: five tries within half a minute, then it is a person's turn. */
export type Jobs = {
  redis: Redis
  log: Log
  prefix?: string
  attempts?: number
  backoffMs?: number
}

export type Enqueue = (mail: DueMail & { delayMs?: number }) => Promise<void>

const QUEUE = 'mail'
const PREFIX = 'jobs'
const AT_ONCE = 16
const TOGETHER_MS = 20
const CLOSE_WITHIN_MS = 5_000
const SWEEP_EVERY_MS = 15_000
const LATE_SECS = 60
const SWEEP_LIMIT = 500

/**
 * Puts mails into the queue. A job has the id of its notification, so that asking twice makes one. Without
 * Redis nothing is queued and nothing is lost: the database knows, and the sweep asks again.
 */
export function mailQueue({ redis, log, prefix = PREFIX, attempts = 5, backoffMs = 2_000 }: Jobs) {
  const queue = new Queue(QUEUE, { connection: redis, prefix, skipVersionCheck: true })
  queue.on('error', () => {}) // platform/redis.ts tells.
  const jobOf = ({ id, kind, delayMs }: Parameters<Enqueue>[0]) => ({
    name: kind,
    data: null,
    opts: {
      ...{ jobId: id, delay: delayMs, priority: mailFor(kind)?.priority },
      ...{ attempts, backoff: { type: 'exponential', delay: backoffMs } },
      // A job that stayed would keep its id from being asked for again; what failed is in the database.
      ...{ removeOnComplete: true, removeOnFail: true },
    },
  })
  const enqueue: Enqueue = batched(
    TOGETHER_MS,
    async (mails: readonly Parameters<Enqueue>[0][]) => {
      if (redis.status === 'ready') {
        await queue
          .addBulk(mails.map(jobOf))
          .catch((err) => log.warn({ err }, 'mails not queued yet'))
      }
      return () => {}
    },
  )
  return { enqueue, close: () => queue.close() }
}

/** Takes mails from the queue, the most urgent first, and again after a failure. */
export function mailWorker({ redis, log, prefix = PREFIX }: Jobs, send: SendMail) {
  // It waits for work, however long, and keeps what it has to say until Redis is back.
  const patient = { socketTimeout: undefined, maxRetriesPerRequest: null, enableOfflineQueue: true }
  const connection = redis.duplicate(patient)
  connection.on('error', () => {})
  const worker = new Worker(
    QUEUE,
    async ({ id, attemptsMade, opts }: Job) => {
      const final = attemptsMade + 1 >= (opts.attempts ?? 1)
      const ending = await send(id!, { final })
      if (ending === 'hopeless') throw new UnrecoverableError(ending)
    },
    { connection, prefix, concurrency: AT_ONCE, skipVersionCheck: true },
  )
  worker.on('error', (err) => {
    if (redis.status === 'ready') log.warn({ err }, 'the mail worker met an error')
  })
  return {
    async stop() {
      // A farewell to a Redis that is away would never be answered.
      const closing = worker.close(redis.status !== 'ready')
      await Promise.race([closing, sleep(CLOSE_WITHIN_MS, undefined, { ref: false })])
      connection.disconnect()
    },
  }
}

/** Queues what should have gone and has not: the job was lost with Redis, or was never made. */
export const sweepMail = (
  log: Log,
  due: (lateSecs: number, limit: number) => Promise<DueMail[]>,
  enqueue: Enqueue,
): { stop: () => Promise<void> } =>
  every(SWEEP_EVERY_MS, log, async function sweepMail() {
    const late = await due(LATE_SECS, SWEEP_LIMIT)
    await Promise.all(late.map(enqueue))
  })
