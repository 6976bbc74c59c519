#!/usr/bin/env node
import { hostProfile } from '../deploy/host/profile.ts'
// Makes what a service derives from events again, and compares. Exit 1 when events do not add up.
// usage: node scripts/rebuild.ts   (S=order; CHECK=1 only compares, and exit 1 when something differs)
import { ensureSecrets } from '../deploy/host/secrets.ts'
import { ownerDatabaseUrl } from '../deploy/host/urls.ts'
import { services } from '../services/catalogue.ts'
import { type Rebuilt, rebuildOrders } from '../services/order/rebuild.ts'
import { createLog } from '../services/platform/log.ts'
import { createPool } from '../services/platform/sql.ts'
import { script } from './report.ts'

const profile = hostProfile(process.env)
const { S, CHECK } = process.env
const mend = CHECK !== '1'

const REBUILDS: Readonly<Record<string, typeof rebuildOrders>> = { order: rebuildOrders }

await script(profile, async () => {
  const rebuild = REBUILDS[S ?? '']
  if (!rebuild) throw new Error(`usage: make rebuild S=${Object.keys(REBUILDS).join('|')}`)
  const secrets = await ensureSecrets(profile, services)
  const log = createLog({ service: 'rebuild', level: 'warn' })
  const pool = createPool(ownerDatabaseUrl(profile, S!, secrets), log)
  try {
    const startedAt = performance.now()
    report(await rebuild(pool, { mend }), (performance.now() - startedAt) / 1_000)
  } finally {
    await pool.end()
  }
})

function report({ orders, events, differed, broken }: Rebuilt, seconds: number): void {
  const rate = Math.round(events / seconds)
  console.log(`${orders} orders from ${events} events in ${seconds.toFixed(1)} s, ${rate} events/s`)
  for (const orderId of differed) console.log(`${orderId} differed${mend ? ', mended' : ''}`)
  for (const { orderId, error } of broken) {
    console.log(`${orderId} is broken: ${error.message}`, error.cause ?? '')
  }
  if (broken.length > 0) throw new Error(`the events of ${broken.length} orders do not add up`)
  if (!mend && differed.length > 0) throw new Error(`${differed.length} snapshots differ`)
  console.log('every snapshot is the fold of its events')
}
