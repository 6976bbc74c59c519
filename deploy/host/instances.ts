import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ServiceManifest } from '../../services/manifest.ts'
import { MOST_INSTANCES } from './ports.ts'
import type { Profile } from './profile.ts'

/** How many of each service run; one where nothing is said. */
export type Instances = Readonly<Record<string, number>>

/** Reads `order=2 gateway=1`. */
export function parseInstances(
  text: string,
  services: readonly Pick<ServiceManifest, 'name'>[],
): Instances {
  const words = text.split(/[\s,]+/).filter(Boolean)
  return Object.fromEntries(
    words.map((word) => {
      const [, name, count] = /^([\w-]+)=(\d+)$/.exec(word) ?? []
      if (!services.some((service) => service.name === name)) {
        const known = services.map((service) => service.name).join(', ')
        throw new Error(`${word}: write <service>=<number>, with one of ${known}`)
      }
      if (Number(count) < 1 || Number(count) > MOST_INSTANCES) {
        throw new Error(`${word}: between 1 and ${MOST_INSTANCES} instances have ports here`)
      }
      return [name!, Number(count)]
    }),
  )
}

/** What is asked for wins and is kept; otherwise what was asked for last time. */
export async function rememberInstances(profile: Profile, asked?: Instances): Promise<Instances> {
  const file = join(profile.dir, 'instances.json')
  const kept: Instances = existsSync(file) ? JSON.parse(await readFile(file, 'utf8')) : {}
  const instances = { ...kept, ...asked }
  await mkdir(profile.dir, { recursive: true })
  await writeFile(file, JSON.stringify(instances))
  return instances
}
