#!/usr/bin/env node
// Ends everything that make up started and frees its ports. PURGE=1 also removes the data.
// usage: node scripts/down.ts
import { existsSync } from 'node:fs'
import { chaosProfile, hostProfile, testProfile } from '../deploy/host/profile.ts'
import { stopAll } from '../deploy/host/stop.ts'
import { deleteCluster, kindFolder } from '../deploy/kind/cluster.ts'
import { script, step } from './report.ts'

const profile = hostProfile(process.env)
const purge = process.env.PURGE === '1'

await script(profile, async () => {
  if (existsSync(kindFolder(profile))) {
    await step('remove the cluster and its state', () => deleteCluster(profile))
  }
  // Their data lies below ours.
  if (purge) await Promise.all([stopAll(testProfile), stopAll(chaosProfile)])
  const ended = await step(purge ? 'stop and remove the data' : 'stop', () =>
    stopAll(profile, { purge }),
  )
  console.log(ended === 0 ? 'nothing was running' : `${ended} processes ended, ports are free`)
})
