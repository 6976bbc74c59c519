import type { Profile } from '../../deploy/host/profile.ts'
import type { Secrets } from '../../deploy/host/secrets.ts'
import { serverUrls } from '../../deploy/host/urls.ts'
import type { Facts } from './facts.ts'

/** Messages per queue, ready or not yet acknowledged; the broker counts them every five seconds. */
export async function readQueues(profile: Profile, secrets: Secrets): Promise<Facts['queues']> {
  const url = `${serverUrls(profile, secrets).management}/api/queues?columns=name,messages`
  const response = await fetch(url, {
    headers: { authorization: `Basic ${btoa(`restofy:${secrets.rabbitmq}`)}` },
    signal: AbortSignal.timeout(10_000),
  })
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`)
  const queues = (await response.json()) as { name: string; messages?: number }[]
  return queues.map(({ name, messages }) => ({ queue: name, messages }))
}
