#!/usr/bin/env node
// Takes an environment down: workloads, what controllers made, cluster, the rest; then looks for leftovers.
// usage: node scripts/aws-down.ts   (ENV=dev; CONFIRM="delete restofy-production" for a protected one)
import { setTimeout as sleep } from 'node:timers/promises'
import { findOnPath } from '../deploy/host/binaries.ts'
import { hostProfile } from '../deploy/host/profile.ts'
import { environmentNamed } from '../infra/terraform-cdk/environments.ts'
import { accountOf } from './aws-account.ts'
import { awsCommand } from './aws-command.ts'
import { environmentFolder, stacksOf } from './aws-stacks.ts'
import { refusal, takeDown } from './aws-teardown.ts'
import { script, step } from './report.ts'

const PATIENCE_MS = 10 * 60_000

const profile = hostProfile(process.env)

await script(profile, async () => {
  const environment = environmentNamed(process.env.ENV)
  const confirmation = process.env.CONFIRM
  const no = refusal(environment, confirmation)
  if (no) throw new Error(no)
  for (const program of ['aws', 'kubectl', 'terraform']) {
    if (!findOnPath(program)) throw new Error(`${program} is not installed: nothing was changed`)
  }
  const aws = awsCommand(['aws'], { AWS_REGION: environment.region })
  const stacks = await stacksOf(environment, environmentFolder(profile, environment))
  const account = accountOf(environment, aws, stacks)
  await takeDown(environment, { account, step, eventually, confirmation })
  console.log(`${environment.name} is gone. Its state bucket stays, and so do keys for 30 days.`)
})

async function eventually(condition: () => Promise<boolean>): Promise<boolean> {
  const deadline = Date.now() + PATIENCE_MS
  while (Date.now() < deadline) {
    if (await condition()) return true
    await sleep(10_000)
  }
  return false
}
