import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Profile } from '../host/profile.ts'
import type { Release } from '../k8s/program.ts'
import { kindFolder } from './cluster.ts'

type Remembered = Omit<Release, 'services'>

const file = (profile: Profile) => join(kindFolder(profile), 'release.json')

/** What the cluster was last made to run: the next release of one service leaves the others as they are. */
export const rememberRelease = (profile: Profile, { inputs, tags, images }: Release) =>
  writeFile(file(profile), JSON.stringify({ inputs, tags, images }), { mode: 0o600 })

export async function rememberedRelease(profile: Profile): Promise<Remembered> {
  if (!existsSync(file(profile))) throw new Error('there is no cluster: make up MODE=kind first')
  return JSON.parse(await readFile(file(profile), 'utf8'))
}
