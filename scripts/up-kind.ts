import { setTimeout as sleep } from 'node:timers/promises'
import type { Stack } from '@pulumi/pulumi/automation/index.js'
import { chalk } from 'zx'
import type { Profile } from '../deploy/host/profile.ts'
import { POSTGRES } from '../deploy/k8s/endpoints.ts'
import { thirdPartyImages } from '../deploy/k8s/images.ts'
import { exposed, type Page } from '../deploy/k8s/node-ports.ts'
import type { Release } from '../deploy/k8s/program.ts'
import { databaseSecrets } from '../deploy/k8s/secret-names.ts'
import { ensureCluster, hostUrl } from '../deploy/kind/cluster.ts'
import { buildImages, imageTags, isHere, loadImages } from '../deploy/kind/images.ts'
import { kindInputs, parseSize } from '../deploy/kind/inputs.ts'
import { clusterMemory } from '../deploy/kind/memory.ts'
import { assertKindPossible } from '../deploy/kind/needs.ts'
import { ensureValues } from '../deploy/kind/secrets.ts'
import { openStack } from '../deploy/kind/stack.ts'
import { throughTunnel } from '../deploy/kind/tunnel.ts'
import { whatIsStuck, workloads } from '../deploy/kind/workloads.ts'
import { services } from '../services/catalogue.ts'
import { renderStage } from './journey.ts'
import { paidOrder } from './paid-order.ts'
import { step } from './report.ts'
import { DINER, PASSWORD } from './sandbox.ts'
import { seedData } from './seed-data.ts'

type Env = Readonly<Record<string, string | undefined>>

/** From nothing, or from an older state of this checkout, to a paid order in a cluster. */
export async function upKind(profile: Profile, env: Env): Promise<void> {
  const startedAt = performance.now()
  await assertKindPossible()
  const images = thirdPartyImages(env)
  const tags = await imageTags(services)
  const own = await step('build images', () => buildImages(tags, images, env.BUILD_NETWORK))
  await step('make the cluster', () => ensureCluster(profile, env.KIND_NODE_IMAGE))
  await step('load images', () => loadImages(profile, [...own, ...Object.values(images)]))

  const values = await ensureValues(profile, services)
  const installed = { kubeStateMetrics: await isHere(images.kubeStateMetrics) }
  const inputs = kindInputs(services, parseSize(env.PROFILE || 'tiny'), values, installed)
  await applyRelease(profile, { services, inputs, tags, images })

  const gateway = hostUrl(profile, 'gateway')
  await step('seed', () => seedThroughTunnel(profile, values, gateway))
  const { id, stages } = await step('order until paid', () => paidOrder(gateway))
  console.log(`order ${id}\n${stages.map(renderStage).join('\n')}`)
  printUrls(profile, exposed(inputs))
  const took = ((performance.now() - startedAt) / 1_000).toFixed(0)
  console.log(`up in ${took} s; the cluster uses ${await clusterMemory(profile)}`)
}

/** Runs the program; tells each workload as it becomes ready, and why one does not. */
async function applyRelease(profile: Profile, release: Release): Promise<void> {
  const stack = await openStack(profile, release)
  const told = new AbortController()
  const telling = tellReady(profile, told.signal)
  try {
    await step('pulumi up', () => up(stack))
  } catch (error) {
    console.error(await whatIsStuck(profile).catch((cause) => `nothing to see: ${cause.message}`))
    throw error
  } finally {
    told.abort()
    await telling
  }
}

async function up(stack: Stack): Promise<void> {
  const { summary } = await stack.up()
  const changes = Object.entries(summary.resourceChanges ?? {})
  console.log(changes.map(([what, count]) => `${count} ${what}`).join(', '))
}

async function tellReady(profile: Profile, done: AbortSignal): Promise<void> {
  const startedAt = performance.now()
  const known = new Set<string>()
  while (!done.aborted) {
    // Until the first objects are there, there is nothing to list.
    const states = await workloads(profile).catch(() => [])
    for (const { kind, name, ready, wanted } of states) {
      if (ready < wanted || known.has(`${kind}/${name}`)) continue
      known.add(`${kind}/${name}`)
      const seconds = ((performance.now() - startedAt) / 1_000).toFixed(0)
      console.log(chalk.dim(`  ${seconds.padStart(4)} s  ${kind} ${name}`))
    }
    await sleep(1_000, undefined, { signal: done }).catch(() => {})
  }
}

async function seedThroughTunnel(
  profile: Profile,
  values: Record<string, string>,
  gateway: string,
): Promise<void> {
  const target = { target: `statefulset/${POSTGRES.name}`, port: POSTGRES.port }
  await throughTunnel(profile, target, async (port) => {
    const password = values[databaseSecrets('customer').app]
    const database = `postgres://customer_app:${password}@127.0.0.1:${port}/customer`
    await seedData(profile, gateway, database)
  })
}

function printUrls(profile: Profile, pages: readonly { name: string }[]): void {
  const gateway = hostUrl(profile, 'gateway')
  console.log(
    `${chalk.bold('shop'.padEnd(12))} ${gateway}/api/v1/restaurants  (${DINER.email} / ${PASSWORD})`,
  )
  for (const { name } of pages) {
    console.log(`${chalk.bold(name.padEnd(12))} ${hostUrl(profile, name as Page)}`)
  }
}
