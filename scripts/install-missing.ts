import { existsSync } from 'node:fs'
import { chmod, rm, writeFile } from 'node:fs/promises'
import { $ } from 'zx'
import { findOnPath, missingBinaries } from '../deploy/host/binaries.ts'
import { isRoot } from '../deploy/host/postgres.ts'
import { ROOT } from '../deploy/host/profile.ts'
import { step } from './report.ts'

/** Debian asks this file whether it may start a service that it has just installed. */
const POLICY = '/usr/sbin/policy-rc.d'

/** Installs what is missing where it may; otherwise throws one sentence that names all of it. */
export async function installMissing(): Promise<void> {
  const packages = missingBinaries().map(({ debian }) => debian)
  const wantsSetpriv = isRoot() && !findOnPath('setpriv')
  if (wantsSetpriv) packages.push('util-linux')
  if (packages.length === 0) return
  const list = packages.join(' ')
  if (!findOnPath('apt-get')) {
    throw new Error(
      `not installed: ${list}. Install them with your package manager, then try again.`,
    )
  }
  if (!isRoot()) {
    throw new Error(
      `not installed: ${list}. Run: sudo apt-get install --no-install-recommends ${list}`,
    )
  }
  await step(`install the Debian packages ${list}`, () => withoutStartingThem(() => apt(packages)))
  const still = missingBinaries().map(({ program }) => program)
  if (still.length > 0) throw new Error(`${list} are installed, but ${still} cannot be found`)
}

/** What the cluster's program needs: host mode does without these packages. */
export async function installClusterPackages(): Promise<void> {
  await $({ stdio: 'inherit', cwd: ROOT })`make --silent node_modules/.restofy-k8s`
}

async function apt(packages: string[]): Promise<void> {
  const quiet = $({ env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }, quiet: true })
  const install = () => quiet`apt-get install --yes --no-install-recommends ${packages}`
  // Package lists are often missing in images and stale on machines: update only when needed.
  const first = await install().nothrow()
  if (first.ok) return
  await quiet`apt-get update`
  await install()
}

/** Restofy runs its own: the packages' servers must not take the user's usual ports. */
async function withoutStartingThem(work: () => Promise<void>): Promise<void> {
  if (existsSync(POLICY)) return work()
  await writeFile(POLICY, '#!/bin/sh\nexit 101\n')
  await chmod(POLICY, 0o755)
  try {
    await work()
  } finally {
    await rm(POLICY)
  }
}
