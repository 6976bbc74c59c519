#!/usr/bin/env node
// Breaks a platform of its own while orders flow, waits until it has recovered, and judges what is
// left. Exit 1 unless the verdict is as it must be. Everything follows from SEED, and is written down.
// usage: node scripts/chaos.ts   (ORDERS=600 KILLS=24 SEED=1 RATE=10, POINTS=all|C5,C6 ACTIONS=kill
// HITS=20 MINUTES=30 for each action, CONTROL=all|no-inbox, OUTAGE=broker|alarm|failover|flood,
// MESSAGES=100000 KILLS=30 for the broker alone, KEEP=1 leaves the platform running). With NODES=3 make
// runs chaos-cluster.ts instead, and with BANK=50000 chaos-bank.ts.
import { CONTROLS } from './chaos/controls.ts'
import { checkCampaign } from './chaos/judge-campaign.ts'
import { checkControl } from './chaos/judge-control.ts'
import { checkOutage } from './chaos/judge-outage.ts'
import { checkPoints } from './chaos/judge-points.ts'
import { checkQueue } from './chaos/judge-queue.ts'
import { ACTIONS, type Action, parsePoints } from './chaos/points.ts'
import { runChaos } from './chaos/run.ts'

const { ORDERS = '600', KILLS = '24', SEED = '1', RATE = '10' } = process.env
const {
  POINTS,
  ACTIONS: CHOSEN = ACTIONS.join(','),
  HITS = '20',
  MINUTES = '30',
  CONTROL,
  MESSAGES,
  OUTAGE,
} = process.env

await runChaos(async () => {
  const size = { seed: Number(SEED), orders: Number(ORDERS), perSecond: Number(RATE) }
  if (OUTAGE) await checkOutage(OUTAGE, size.seed)
  else if (MESSAGES) await checkQueue({ ...size, messages: Number(MESSAGES), kills: Number(KILLS) })
  else if (CONTROL) await everyControl(size)
  else if (POINTS) await checkPoints({ ...size, ...chosen() })
  else await checkCampaign({ ...size, kills: Number(KILLS) })
})

function chosen() {
  const words = CHOSEN.split(',')
  const stranger = words.find((word) => !(ACTIONS as readonly string[]).includes(word))
  if (stranger !== undefined) {
    throw new Error(`there is no action ${stranger}: ${ACTIONS.join(', ')}`)
  }
  const actions = ACTIONS.filter((action: Action) => words.includes(action))
  const withinMs = Number(MINUTES) * 60_000
  return { points: parsePoints(POINTS!), actions, hits: Number(HITS), withinMs }
}

async function everyControl(size: Parameters<typeof checkControl>[1]): Promise<void> {
  const names = Object.keys(CONTROLS) as (keyof typeof CONTROLS)[]
  const wanted = names.filter((name) => CONTROL === 'all' || CONTROL === name)
  if (wanted.length === 0) throw new Error(`there is no CONTROL=${CONTROL}: ${names.join(', ')}`)
  for (const name of wanted) await checkControl(name, size)
}
