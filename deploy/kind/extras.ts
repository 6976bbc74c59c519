import { readFile } from 'node:fs/promises'
import type { Profile } from '../host/profile.ts'
import { kubectl } from './cluster.ts'
import { loadImages } from './images.ts'

/**
 * Manifests that the machine's cluster needs before ours, such as a network plugin: applied as they
 * are, with those of their images that Docker holds.
 */
export async function applyExtras(profile: Profile, files: readonly string[]): Promise<void> {
  for (const file of files) {
    const images = (await readFile(file, 'utf8')).matchAll(/^\s*(?:- )?image: *['"]?([^\s'"]+)/gm)
    await loadImages(profile, [...new Set(Array.from(images, ([, image]) => image!))])
    await kubectl(profile, 'apply', '--filename', file)
  }
}
