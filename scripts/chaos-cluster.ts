#!/usr/bin/env node
// Breaks a cluster of three RabbitMQ nodes while messages go through one quorum queue, then looks
// whether one that was confirmed is missing. Exit 1 if so. Everything follows from SEED.
// usage: make chaos NODES=3   (MESSAGES=20000 KILLS=6 SEED=1; CONTROL=no-confirm takes what was sent for
// confirmed, and must turn red; KEEP=1 leaves the cluster running)
import { checkCluster } from './chaos/judge-cluster.ts'
import { QueueDiffers } from './chaos/judge-queue.ts'
import { mustBeRed } from './chaos/must-be-red.ts'
import { againInOwnNetwork, hasOwnNetwork, whyNoOwnNetwork } from './chaos/own-network.ts'
import { profile } from './chaos/platform.ts'
import { runChaos } from './chaos/run.ts'
import { installMissing } from './install-missing.ts'
import { script } from './report.ts'

const { NODES, MESSAGES = '20000', KILLS = '6', SEED = '1', CONTROL } = process.env

if (hasOwnNetwork()) await runChaos(asked)
else await script(profile, preparedOutside)

async function preparedOutside(): Promise<void> {
  asked()
  // In a network of our own nothing can be downloaded.
  await installMissing()
  const reason = await whyNoOwnNetwork()
  if (!reason) {
    process.exitCode = await againInOwnNetwork()
    return
  }
  console.log(`no node will be cut off from the others: ${reason}`)
  await runChaos(asked)
}

function asked(): () => Promise<void> {
  if (NODES !== '3') throw new Error(`a cluster has three nodes: NODES=3, not ${NODES}`)
  if (CONTROL && CONTROL !== 'no-confirm') throw new Error('the only CONTROL here is no-confirm')
  const size = { seed: Number(SEED), messages: Number(MESSAGES), kills: Number(KILLS) }
  if (!CONTROL) return () => checkCluster({ ...size, trusting: false })
  return () => mustBeRed(CONTROL, QueueDiffers, checkCluster({ ...size, trusting: true }))
}
