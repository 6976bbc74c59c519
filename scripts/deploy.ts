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
/** A Prometheus that is busy for a moment is no reason to go back. */
const BLIND_LOOKS = 6

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

  const burning = new AbortController()
  const done = new AbortController()
  const watching = watch(done.signal).catch((error) => burning.abort(error))
  try {
    const next = { ...before, tags: { ...before.tags, [service.name]: tag } }
    await applyRelease(profile, next, burning.signal)
    const secs = Number(WATCH_SECS)
    await step(`watch for ${secs} s`, () =>
      sleep(secs * 1_000, undefined, { signal: burning.signal }),
    )
  } catch (error) {
    await applyRelease(profile, before)
    const { message } = (burning.signal.reason ?? error) as Error
    throw new Error(`${service.name} is ${before.tags[service.name]} again: ${message}`)
  } finally {
    done.abort()
    await watching
  }
  console.log(`${service.name} is ${tag}`)
})

/** Ends when it is told to; throws when the service's objective, or that of the public door, burns. */
async function watch(done: AbortSignal): Promise<void> {
  const watchedServices = services.filter(({ name }) => name === S || name === 'gateway')
  const startedAt = Date.now()
  let blind = 0
  while (!done.aborted) {
    await sleep(LOOK_EVERY_MS, undefined, { signal: done }).catch(() => {})
    const secs = Math.min(120, Math.ceil((Date.now() - startedAt) / 1_000) + 15)
    for (const service of watchedServices) {
      const seen = await see(service.name, secs).catch((cause) => {
        if (++blind < BLIND_LOOKS) return undefined
        throw new Error('Prometheus does not answer: nobody can see what the rollout does', {
          cause,
        })
      })
      if (!seen) continue
      blind = 0
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
    const response = await fetch(`${hostUrl(profile, 'prometheus')}/api/v1/query?${query}`, {
      signal: AbortSignal.timeout(LOOK_EVERY_MS),
    })
    const { data } = (await response.json()) as { data: { result: { value: [number, string] }[] } }
    return Number(data.result[0]?.value[1] ?? 0)
  }
  return { requests: await value(false), failed: await value(true) }
}
