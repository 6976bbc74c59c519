#!/usr/bin/env node
// Proves a cluster from nothing to nothing: up, fences, sight, rollouts under load, scaling, down.
// usage: node scripts/kind-e2e.ts   (RATE=20 orders a second, 6 at least, KEEP=1 leaves it running, IF_POSSIBLE=1 skips loudly; and what
// make up MODE=kind reads)
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { globSync } from 'node:fs'
import { hostProfile, rememberOffset } from '../deploy/host/profile.ts'
import { thirdPartyImages } from '../deploy/k8s/images.ts'
import { clusterName, deleteCluster, hostUrl } from '../deploy/kind/cluster.ts'
import { command } from '../deploy/kind/command.ts'
import { assertEnough, missingImages } from '../deploy/kind/found-images.ts'
import { assertKindPossible } from '../deploy/kind/needs.ts'
import { script, step } from './report.ts'
import { upKind } from './up-kind.ts'

const profile = hostProfile(process.env)

await script(profile, async () => {
  const startedAt = performance.now()
  const { RATE } = process.env
  if (RATE && !(Number(RATE) >= 6)) {
    throw new Error(
      `RATE is orders a second, 6 at least, not ${RATE}: with fewer its figures mean nothing`,
    )
  }
  const reason = process.env.IF_POSSIBLE === '1' && (await whyImpossible())
  if (reason) return console.log(`SKIPPED, nothing was proven in a cluster: ${reason}`)
  rememberOffset(profile)
  try {
    await upKind(profile, process.env)
    await run(globSync('e2e/kind/*.test.ts').sort())
  } finally {
    if (process.env.KEEP !== '1') await downToNothing()
  }
  console.log(`proven in ${Math.round((performance.now() - startedAt) / 1_000)} s`)
})

async function whyImpossible(): Promise<string | undefined> {
  const images = thirdPartyImages(process.env)
  try {
    await assertKindPossible(console.log)
    assertEnough(await missingImages(images), images)
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}

async function run(files: string[]): Promise<void> {
  const env = { ...process.env, GATEWAY_URL: hostUrl(profile, 'gateway') }
  const args = ['--test', '--test-concurrency=1', '--test-timeout=900000', ...files]
  const node = spawn(process.execPath, args, { stdio: 'inherit', env })
  const [code] = await once(node, 'exit')
  if (code !== 0) throw new Error('the cluster does not keep its promises')
}

async function downToNothing(): Promise<void> {
  await step('remove the cluster and its state', () => deleteCluster(profile))
  const label = `label=io.x-k8s.kind.cluster=${clusterName(profile)}`
  const left = [
    await command('docker', ['ps', '--all', '--quiet', '--filter', label]),
    await command('docker', ['volume', 'ls', '--quiet', '--filter', label]),
  ].join('')
  if (left.trim()) throw new Error(`left behind: ${left}`)
}
