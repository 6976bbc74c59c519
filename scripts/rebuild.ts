#!/usr/bin/env node
// Makes what a service derives from events again, and compares. Exit 1 when events do not add up.
// usage: node scripts/rebuild.ts   (S=order|tracking; CHECK=1 only compares, and exit 1 when something differs;
//        S=tracking ORDER=<order id> for one order)
import { once } from 'node:events'
import type { Pool } from 'pg'
import { z } from 'zod'
import { grpcTarget } from '../deploy/host/ports.ts'
import { hostProfile } from '../deploy/host/profile.ts'
import { ensureSecrets, type Secrets } from '../deploy/host/secrets.ts'
import { ownerDatabaseUrl, serverUrls } from '../deploy/host/urls.ts'
import { services } from '../services/catalogue.ts'
import { rebuildOrders } from '../services/order/rebuild.ts'
import { order } from '../services/order/service.ts'
import { rpcNeighbour } from '../services/platform/grpc/client.ts'
import { createLog } from '../services/platform/log.ts'
import { Problem } from '../services/platform/problem.ts'
import { connectRedis } from '../services/platform/redis.ts'
import { createPool } from '../services/platform/sql.ts'
import { cachedLists } from '../services/tracking/lists.ts'
import type { Parked } from '../services/tracking/parked-store.ts'
import { rebuildReadModel } from '../services/tracking/rebuild.ts'
import { tracking } from '../services/tracking/service.ts'
import { script } from './report.ts'

const profile = hostProfile(process.env)
const { S = '', CHECK, ORDER } = process.env
const mend = CHECK !== '1'
const STATEMENT_MS = 10 * 60_000
const TELL_EVERY_MS = 2_000
const REDIS_WITHIN_MS = 2_000
const log = createLog({ service: 'rebuild', level: 'warn' })

type Rebuilt = Awaited<ReturnType<typeof rebuildOrders>> & { parked?: readonly Parked[] }
type Rebuild = (pool: Pool, secrets: Secrets) => Promise<Rebuilt>

const REBUILDS: Readonly<Record<string, { what: string; rebuild: Rebuild }>> = {
  order: { what: 'every snapshot', rebuild: (pool) => rebuildOrders(pool, { mend }) },
  tracking: { what: 'every order of the read model', rebuild: readModel },
}

await script(profile, async () => {
  const chosen = REBUILDS[S]
  if (!chosen) throw new Error(`usage: make rebuild S=${Object.keys(REBUILDS).join('|')} (CHECK=1)`)
  if (ORDER && S !== 'tracking') throw new Error('ORDER goes with S=tracking only')
  if (ORDER && !z.uuid().safeParse(ORDER).success) throw new Error('ORDER is the id of an order')
  const secrets = await ensureSecrets(profile, services)
  const pool = createPool(ownerDatabaseUrl(profile, S, secrets), log, 1, STATEMENT_MS)
  try {
    const startedAt = performance.now()
    const rebuilt = await chosen.rebuild(pool, secrets)
    report(chosen.what, rebuilt, (performance.now() - startedAt) / 1_000)
  } finally {
    await pool.end()
  }
})

async function readModel(pool: Pool, secrets: Secrets): Promise<Rebuilt> {
  const [rules] = tracking.calls
  const rpc = rpcNeighbour(
    { ...rules!, rpc: rules!.rpc! },
    { target: grpcTarget(order, profile), apiKey: secrets.apiKey },
  )
  let toldAt = performance.now()
  const progress = (events: number) => {
    if (performance.now() - toldAt < TELL_EVERY_MS) return
    toldAt = performance.now()
    console.log(`${events} events so far`)
  }
  try {
    const lists = { forgetAll: () => forgetLists(pool, secrets) }
    return await rebuildReadModel({ pool, order: rpc, lists, progress }, { mend, orderId: ORDER })
  } catch (cause) {
    if (!(cause instanceof Problem) || cause.status !== 503) throw cause
    throw new Error('the order service does not answer: make up first', { cause })
  } finally {
    await rpc.close()
  }
}

async function forgetLists(pool: Pool, secrets: Secrets): Promise<void> {
  const redis = connectRedis(serverUrls(profile, secrets).redis, log)
  try {
    await once(redis, 'ready', { signal: AbortSignal.timeout(REDIS_WITHIN_MS) })
    await cachedLists({ pool, redis }).forgetAll()
  } catch {
    console.log('Redis does not answer: the lists it has kept are forgotten as soon as it is back')
  } finally {
    redis.disconnect()
  }
}

function report(
  what: string,
  { orders, events, differed, broken, parked = [] }: Rebuilt,
  seconds: number,
): void {
  const rate = Math.round(events / seconds)
  console.log(`${orders} orders from ${events} events in ${seconds.toFixed(1)} s, ${rate} events/s`)
  for (const orderId of differed) console.log(`${orderId} differed${mend ? ', mended' : ''}`)
  for (const { orderId, error } of broken) {
    console.log(`${orderId} is broken: ${error.message}`, error.cause ?? '')
  }
  for (const { orderId, version, reason, parkedAt } of parked) {
    console.log(
      `${orderId} is parked before event ${version} since ${parkedAt.toISOString()}: ${reason}`,
    )
  }
  if (broken.length > 0) throw new Error(`the events of ${broken.length} orders do not add up`)
  if (!mend && differed.length > 0) throw new Error(`${differed.length} orders differ`)
  console.log(`${what} is the fold of its events`)
}
