#!/usr/bin/env node
// Rebuilding tracking's read model from the order service's events, which travel over gRPC as they do
// between the services; both ends in one process, on a PostgreSQL of its own. Needs nothing running.
// usage: node scripts/bench-rebuild.ts   (ORDERS=20000)
import type { Pool } from 'pg'
import { startServers } from '../deploy/host/host.ts'
import { testProfile } from '../deploy/host/profile.ts'
import { stopAll } from '../deploy/host/stop.ts'
import { ownerDatabaseUrl } from '../deploy/host/urls.ts'
import type { OrderState } from '../services/contracts/order.ts'
import { shapeOf } from '../services/order/events.ts'
import { fold, type OrderEvent } from '../services/order/order.ts'
import { ordersRpc } from '../services/order/rpc.ts'
import { exampleMenu, placedEvent } from '../services/order/testing.ts'
import { neighbourKey } from '../services/platform/auth.ts'
import { rpcNeighbour } from '../services/platform/grpc/client.ts'
import { startRpcServer } from '../services/platform/grpc/server.ts'
import { createLog } from '../services/platform/log.ts'
import { createPool, inTransaction } from '../services/platform/sql.ts'
import { type RebuildDeps, rebuildReadModel } from '../services/tracking/rebuild.ts'
import { tracking } from '../services/tracking/service.ts'
import { saveOrder } from '../services/tracking/store.ts'
import { machine } from './machine.ts'
import { script, step } from './report.ts'

const COUNT = Number(process.env.ORDERS ?? 20_000)
const PROMISE = 2_000
const TOGETHER = 500
const LATER = ['reserved', 'paid', 'accepted', 'ready', 'delivered'] as const
const apiKey = 'the-key-of-a-bench'
const menu = exampleMenu([1_599, 950, 390])
const log = createLog({ service: 'bench', level: 'warn' })

await script(testProfile, async () => {
  const closings: (() => Promise<unknown>)[] = []
  try {
    const { secrets } = await startServers(testProfile, { servers: ['postgres'], step })
    const poolOf = (service: string) => {
      const pool = createPool(ownerDatabaseUrl(testProfile, service, secrets), log, 2, 60_000)
      closings.unshift(() => pool.end())
      return pool
    }
    const [orders, pool] = [poolOf('order'), poolOf('tracking')]
    const lives = await step(`write the events of ${COUNT} orders`, () => writeEvents(orders))
    await step("project them with the consumers' own statement", () => project(pool, lives))
    const order = await orderService(orders, closings)
    await measure({ pool, order, lists: { forgetAll: async () => {} }, settleMs: 0 })
  } finally {
    for (const close of closings) await close()
    await step('end PostgreSQL', () => stopAll(testProfile, { purge: true }))
  }
})

/** Six events each; answers every state that follows from them. */
async function writeEvents(pool: Pool): Promise<OrderState[]> {
  const states: OrderState[] = []
  const sql = `insert into order_events (order_id, version, type, schema, payload, at)
    select * from json_to_recordset($1) as e (order_id uuid, version int, type text, schema int,
      payload jsonb, at timestamptz)`
  for (let written = 0; written < COUNT; written += TOGETHER) {
    const lives = Array.from({ length: Math.min(TOGETHER, COUNT - written) }, lifeOf)
    const rows = lives.flatMap((events) => {
      const folded = events.map((_, i) => fold(events.slice(0, i + 1)))
      states.push(...folded)
      return events.map((payload, i) => ({
        ...{ order_id: folded[0]!.id, version: i + 1, type: payload.type, payload },
        ...{ schema: shapeOf(payload.type), at: new Date() },
      }))
    })
    await pool.query(sql, [JSON.stringify(rows)])
  }
  return states
}

function lifeOf(): OrderEvent[] {
  return [placedEvent(menu), ...LATER.map((type) => ({ type }))]
}

async function project(pool: Pool, states: readonly OrderState[]): Promise<void> {
  for (let at = 0; at < states.length; at += TOGETHER) {
    await inTransaction(pool, (tx) => {
      for (const state of states.slice(at, at + TOGETHER)) saveOrder(tx, state)
    })
  }
}

async function orderService(pool: Pool, closings: (() => Promise<unknown>)[]) {
  const [rules] = tracking.calls
  const service = rules!.rpc!
  // Of what the use cases need, replaying takes the database and the log only.
  const handlers = { [service]: ordersRpc({ pool, log } as Parameters<typeof ordersRpc>[0]) }
  const server = await startRpcServer({
    ...{ port: 0, host: '127.0.0.1', log, leaving: new AbortController().signal, handlers },
    isNeighbour: neighbourKey(apiKey),
    principalFrom: async () => ({ id: menu.ownerId, role: 'admin' }),
  })
  const target = `ipv4:127.0.0.1:${server.port}`
  const client = rpcNeighbour({ ...rules!, rpc: service }, { target, apiKey })
  closings.unshift(client.close, () => server.drain())
  return client
}

async function measure(deps: RebuildDeps): Promise<void> {
  const timed = async () => {
    const startedAt = performance.now()
    const rebuilt = await rebuildReadModel(deps, { mend: true })
    return { ...rebuilt, rate: rebuilt.events / ((performance.now() - startedAt) / 1_000) }
  }
  const same = await timed()
  await deps.pool.query('truncate orders')
  const lost = await timed()
  const after = await timed()
  console.log(`\n| rebuilding ${COUNT} orders | events | events/s | orders that differed |`)
  console.log('| --- | --- | --- | --- |')
  for (const [title, { events, rate, differed }] of [
    ['beside a live model', same],
    ['after the live model was lost', lost],
    ['once more', after],
  ] as const) {
    console.log(`| ${title} | ${events} | ${Math.round(rate)} | ${differed.length} |`)
  }
  console.log(machine())
  const wrong = same.differed.length + after.differed.length
  if (wrong > 0) throw new Error(`${wrong} rebuilt orders are not what was projected`)
  if (lost.differed.length !== COUNT) throw new Error('not every order was made again')
  const slowest = Math.min(same.rate, lost.rate, after.rate)
  if (slowest < PROMISE) throw new Error(`${Math.round(slowest)} events/s of ${PROMISE} promised`)
}
