#!/usr/bin/env node
// Breaks a cluster of three RabbitMQ nodes while messages go through one quorum queue, then looks
// whether one that was confirmed is missing. Exit 1 if so. Everything follows from SEED.
// usage: make chaos NODES=3   (MESSAGES=20000 KILLS=6 SEED=1; CONTROL=no-confirm takes what was sent for
// confirmed, and must turn red; KEEP=1 leaves the cluster running)
import { checkCluster } from './chaos/judge-cluster.ts'
import { QueueDiffers } from './chaos/judge-queue.ts'
import { mustBeRed } from './chaos/must-be-red.ts'
import { againInOwnNetwork, hasOwnNetwork, whyNoOwnNetwork } from './chaos/own-network.ts'
import { endPlatform, profile } from './chaos/platform.ts'
import { installMissing } from './install-missing.ts'
import { machine } from './machine.ts'
import { script } from './report.ts'

const { NODES, MESSAGES = '20000', KILLS = '6', SEED = '1', CONTROL, KEEP } = process.env

await script(profile, async () => {
  if (NODES !== '3') throw new Error(`a cluster has three nodes: NODES=3, not ${NODES}`)
  if (CONTROL && CONTROL !== 'no-confirm') throw new Error('the only CONTROL here is no-confirm')
  if (!hasOwnNetwork()) {
    await installMissing()
    const reason = await whyNoOwnNetwork()
    if (!reason) {
      process.exitCode = await againInOwnNetwork()
      return
    }
    console.log(`no node will be cut off from the others: ${reason}`)
  }
  endWhenInterrupted()
  await check()
})

async function check(): Promise<void> {
  const startedAt = performance.now()
  const size = { seed: Number(SEED), messages: Number(MESSAGES), kills: Number(KILLS) }
  let fine = false
  try {
    if (CONTROL) await mustBeRed(CONTROL, QueueDiffers, checkCluster({ ...size, trusting: true }))
    else await checkCluster({ ...size, trusting: false })
    fine = true
  } finally {
    // What a red verdict is about is left to be looked into: .restofy/chaos
    if (KEEP !== '1') await endPlatform(fine)
  }
  console.log(`in ${Math.round((performance.now() - startedAt) / 1_000)} s; ${machine()}`)
}

function endWhenInterrupted(): void {
  let interrupted = false
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      // A terminal tells both this process and the one outside, which passes it on.
      if (interrupted) return
      interrupted = true
      endPlatform(false).finally(() => process.exit(130))
    })
  }
}
