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
  const cluster = existsSync(kindFolder(profile))
  if (cluster) {
    await step('remove the cluster and its state', () => deleteCluster(profile))
  }
  // Their data lies below ours.
  if (purge) await Promise.all([stopAll(testProfile), stopAll(chaosProfile)])
  const ended = await step(purge ? 'stop and remove the data' : 'stop', () =>
    stopAll(profile, { purge }),
  )
  if (ended > 0) console.log(`${ended} processes ended, ports are free`)
  else console.log(cluster ? 'the cluster is gone' : 'nothing was running')
})
