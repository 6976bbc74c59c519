import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'

/** Where a tool that Restofy got for itself is kept for every checkout: `kind@v0.33.0`. */
export const toolFolder = (entry: string): string =>
  join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'restofy/tools', entry)

/** Made aside and renamed: an interrupted installation must not look like a finished one. */
export async function makeFolder(
  folder: string,
  make: (aside: string) => Promise<void>,
): Promise<void> {
  await mkdir(dirname(folder), { recursive: true })
  const aside = await mkdtemp(`${folder}.making-`)
  try {
    await make(aside)
    await rename(aside, folder)
  } catch (error) {
    // Another process may have finished the same first.
    if (!existsSync(folder)) throw error
  } finally {
    await rm(aside, { recursive: true, force: true })
  }
}
