#!/usr/bin/env node
// Builds a service, rolls it out in the cluster while its objective is watched, and takes it back when it burns.
// usage: node scripts/deploy.ts   (S=order WATCH_SECS=60 TAG=<an image that is there>)
import { setTimeout as sleep } from 'node:timers/promises'
import { hostProfile } from '../deploy/host/profile.ts'
import { serviceImage } from '../deploy/k8s/images.ts'
import { hostUrl } from '../deploy/kind/cluster.ts'
import { buildImages, imageTag, loadImages } from '../deploy/kind/images.ts'
import { rememberedRelease } from '../deploy/kind/release.ts'
import { services } from '../services/catalogue.ts'
import { applyRelease } from './apply-release.ts'
import { burnsFast, type Seen, seenQuery } from './burn.ts'
import { script, step } from './report.ts'

const profile = hostProfile(process.env)
const { S, TAG, WATCH_SECS = '60', BUILD_NETWORK } = process.env
const LOOK_EVERY_MS = 5_000

await script(profile, async () => {
  const service = services.find(({ name }) => name === S)
  if (!service)
    throw new Error(`usage: make deploy S=${services.map(({ name }) => name).join('|')}`)
  const before = { services, ...(await rememberedRelease(profile)) }
  const tag = TAG || (await imageTag(service.name))
  if (before.tags[service.name] === tag) throw new Error(`${service.name} is ${tag} already`)
  await step(`build ${service.name} ${tag}`, () =>
    buildImages({ [service.name]: tag }, before.images, BUILD_NETWORK),
  )
  await step('load', () => loadImages(profile, [serviceImage('', service.name, tag)]))

  const rolling = new AbortController()
  const watched = watch(rolling.signal)
  try {
    await applyRelease(profile, { ...before, tags: { ...before.tags, [service.name]: tag } })
    await step(`watch for ${WATCH_SECS} s`, () =>
      Promise.race([sleep(Number(WATCH_SECS) * 1_000), watched]),
    )
    rolling.abort()
    await watched
  } catch (error) {
    rolling.abort()
    await watched.catch(() => {})
    await applyRelease(profile, before)
    throw new Error(
      `${service.name} is ${before.tags[service.name]} again: ${(error as Error).message}`,
    )
  }
  console.log(`${service.name} is ${tag}`)
})

/** Ends when the rollout does; throws when its objective, or that of the public door, burns. */
async function watch(rollout: AbortSignal): Promise<void> {
  const watchedServices = services.filter(({ name }) => name === S || name === 'gateway')
  const startedAt = Date.now()
  while (!rollout.aborted) {
    await sleep(LOOK_EVERY_MS, undefined, { signal: rollout }).catch(() => {})
    const secs = Math.min(120, Math.ceil((Date.now() - startedAt) / 1_000) + 15)
    for (const service of watchedServices) {
      const seen = await see(service.name, secs)
      if (!burnsFast(service, seen)) continue
      const share = ((100 * seen.failed) / seen.requests).toFixed(1)
      throw new Error(
        `${share} % of the last ${Math.round(seen.requests)} requests to ${service.name} failed`,
      )
    }
  }
}

async function see(service: string, secs: number): Promise<Seen> {
  const value = async (failed: boolean) => {
    const query = new URLSearchParams({ query: seenQuery(service, secs, failed) })
    const response = await fetch(`${hostUrl(profile, 'prometheus')}/api/v1/query?${query}`)
    const { data } = (await response.json()) as { data: { result: { value: [number, string] }[] } }
    return Number(data.result[0]?.value[1] ?? 0)
  }
  return { requests: await value(false), failed: await value(true) }
}
