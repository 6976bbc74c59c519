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
import { chosenOutage } from './chaos/judge-outage.ts'
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

await runChaos(() => {
  const size = { seed: Number(SEED), orders: Number(ORDERS), perSecond: Number(RATE) }
  const kills = Number(KILLS)
  if (OUTAGE) return chosenOutage(OUTAGE, size.seed)
  if (MESSAGES) return () => checkQueue({ ...size, messages: Number(MESSAGES), kills })
  if (CONTROL) {
    const controls = chosenControls(CONTROL)
    return () => everyControl(controls, size)
  }
  if (POINTS) {
    const points = chosenPoints(POINTS)
    return () => checkPoints({ ...size, ...points })
  }
  return () => checkCampaign({ ...size, kills })
})

function chosenPoints(list: string) {
  const words = CHOSEN.split(',')
  const stranger = words.find((word) => !(ACTIONS as readonly string[]).includes(word))
  if (stranger !== undefined) {
    throw new Error(`there is no action ${stranger}: ${ACTIONS.join(', ')}`)
  }
  const actions = ACTIONS.filter((action: Action) => words.includes(action))
  const withinMs = Number(MINUTES) * 60_000
  return { points: parsePoints(list), actions, hits: Number(HITS), withinMs }
}

type Control = keyof typeof CONTROLS

function chosenControls(asked: string): Control[] {
  const names = Object.keys(CONTROLS) as Control[]
  const wanted = names.filter((name) => asked === 'all' || asked === name)
  if (wanted.length === 0) throw new Error(`there is no CONTROL=${asked}: ${names.join(', ')}`)
  return wanted
}

async function everyControl(names: Control[], size: Parameters<typeof checkControl>[1]) {
  for (const name of names) await checkControl(name, size)
}
