#!/usr/bin/env node
// Runs N instances of a service; whoever calls it is restarted with the new list of addresses.
// usage: node scripts/scale.ts   (S=order N=2)
import { startServices } from '../deploy/host/host.ts'
import { parseInstances } from '../deploy/host/instances.ts'
import { hostProfile } from '../deploy/host/profile.ts'
import { supervisorPid } from '../deploy/host/supervisor.ts'
import { services } from '../services/catalogue.ts'
import { script, step } from './report.ts'

const profile = hostProfile(process.env)
const { S, N } = process.env

await script(profile, async () => {
  if (!S || !N) throw new Error('usage: make scale S=order N=2')
  const instances = parseInstances(`${S}=${N}`, services)
  if (!(await supervisorPid(profile))) throw new Error('nothing runs: make up first')
  await startServices(profile, { instances, step })
})
