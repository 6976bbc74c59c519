import { chalk } from 'zx'
import type { Profile } from '../deploy/host/profile.ts'
import { POSTGRES } from '../deploy/k8s/endpoints.ts'
import { type ThirdParty, thirdPartyImages } from '../deploy/k8s/images.ts'
import { exposed, type Page } from '../deploy/k8s/node-ports.ts'
import { databaseSecrets } from '../deploy/k8s/secret-names.ts'
import { ensureCluster, hostUrl } from '../deploy/kind/cluster.ts'
import { applyExtras } from '../deploy/kind/extras.ts'
import { assertEnough, missingImages, OPTIONAL } from '../deploy/kind/found-images.ts'
import { buildImages, imageTags, loadImages } from '../deploy/kind/images.ts'
import { kindInputs, parseSize } from '../deploy/kind/inputs.ts'
import { makeJaegerImage } from '../deploy/kind/jaeger-image.ts'
import { clusterMemory } from '../deploy/kind/memory.ts'
import { assertKindPossible } from '../deploy/kind/needs.ts'
import { ensureValues } from '../deploy/kind/secrets.ts'
import { throughTunnel } from '../deploy/kind/tunnel.ts'
import { services } from '../services/catalogue.ts'
import { applyRelease } from './apply-release.ts'
import { renderStage } from './journey.ts'
import { paidOrder } from './paid-order.ts'
import { step } from './report.ts'
import { DINER, PASSWORD } from './sandbox.ts'
import { seedData } from './seed-data.ts'

type Env = Readonly<Record<string, string | undefined>>

/** From nothing, or from an older state of this checkout, to a paid order in a cluster. */
export async function upKind(profile: Profile, env: Env): Promise<void> {
  const startedAt = performance.now()
  const size = parseSize(env.PROFILE || 'tiny')
  await assertKindPossible(console.log)
  const { images, missing } = await findImages(thirdPartyImages(env))
  const tags = await chosenTags(env)
  const own = await step('build images', () => buildImages(tags, images, env.BUILD_NETWORK))
  await step('make the cluster', () => ensureCluster(profile, env.KIND_NODE_IMAGE))
  const extras = (env.KIND_EXTRAS ?? '').split(' ').filter(Boolean)
  if (extras.length > 0) await step('apply extras', () => applyExtras(profile, extras))
  await step('load images', () => loadImages(profile, [...own, ...Object.values(images)]))

  const values = await ensureValues(profile, services)
  const inputs = kindInputs(services, size, values, (image) => !missing.has(image))
  await applyRelease(profile, { services, inputs, tags, images })

  const gateway = hostUrl(profile, 'gateway')
  await step('seed', () => seedThroughTunnel(profile, values, gateway))
  const { id, stages } = await step('order until paid', () => paidOrder(gateway))
  console.log(`order ${id}\n${stages.map(renderStage).join('\n')}`)
  printUrls(profile, exposed(inputs))
  const took = ((performance.now() - startedAt) / 1_000).toFixed(0)
  console.log(`up in ${took} s; the cluster uses ${await clusterMemory(profile)}`)
}

/** Which images there are, before anything is made; what the cluster has to do without is said. */
async function findImages(
  wanted: ThirdParty,
): Promise<{ images: ThirdParty; missing: ReadonlySet<string> }> {
  const missing = await step('find images', () => missingImages(wanted))
  assertEnough(missing, wanted)
  for (const name of OPTIONAL.filter((name) => missing.has(name))) {
    console.log(`  without ${name}: neither Docker nor a registry has ${wanted[name]}`)
  }
  if (!missing.has('jaeger')) return { images: wanted, missing }
  const jaeger = await step('make an image of Jaeger', () => makeJaegerImage(wanted.node))
  return { images: { ...wanted, jaeger }, missing }
}

/** TAG runs images that are there already, whatever the checkout has become since. */
async function chosenTags({ TAG }: Env): Promise<Record<string, string>> {
  if (!TAG) return imageTags(services)
  return Object.fromEntries(services.map(({ name }) => [name, TAG]))
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
