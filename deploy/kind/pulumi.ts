import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { findOnPath } from '../host/binaries.ts'
import { type Archive, unpack } from '../host/download.ts'
import { makeFolder, toolFolder } from '../host/tool-cache.ts'
import { ToolUnavailable } from '../host/tools.ts'

/**
 * Pulumi publishes its programs as archives only: its Go modules do not build by themselves. A copy on PATH
 * is taken when it says it is new enough; a plugin says nothing, and its protocol is Pulumi's to check.
 */
type Release = {
  version: string
  fits?: RegExp
  /** Where it is in the archive. */
  program: string
  url: (platform: Platform) => string
  sha256: Record<Platform, string>
}
type Platform = 'linux-x64' | 'linux-arm64'

const RELEASES = {
  pulumi: {
    version: '3.267.0',
    // What @pulumi/kubernetes asks for.
    fits: /^v3\.(14[2-9]|1[5-9]\d|[2-9]\d\d|\d{4,})\./,
    program: 'pulumi/pulumi',
    url: (platform) => `https://get.pulumi.com/releases/sdk/pulumi-v3.267.0-${platform}.tar.gz`,
    sha256: {
      'linux-x64': '527c1ce7c16cb38525a96d55422f221e819476e2b0743ae55c9862ad775ae10a',
      'linux-arm64': 'e01a439cd1273819c9e836d86cc34c0bcca703a0dd06137c74053bcd49a45e6e',
    },
  },
  'pulumi-resource-kubernetes': {
    // That of @pulumi/kubernetes in package.json.
    version: '4.34.2',
    program: 'pulumi-resource-kubernetes',
    url: (platform) =>
      `https://api.pulumi.com/releases/plugins/pulumi-resource-kubernetes-v4.34.2-${platform.replace('x64', 'amd64')}.tar.gz`,
    sha256: {
      'linux-x64': 'b2a3471a897d8d4aa5c6f0ea2933d363dfa72bee8ed651a16246a09e3e728bb6',
      'linux-arm64': '1456c1f9624c4cd68caf03928d4c34d6807cbe668fd917c6220ecc09eab70d26',
    },
  },
} as const satisfies Record<string, Release>

export type PulumiProgram = keyof typeof RELEASES
export const PULUMI_PROGRAMS = Object.keys(RELEASES) as PulumiProgram[]

const INSTRUCTIONS = 'How to install it: https://www.pulumi.com/docs/install'

const run = promisify(execFile)

export const pinnedRelease = (name: PulumiProgram): string => RELEASES[name].version

export function archiveOf(
  name: PulumiProgram,
  platform = `${process.platform}-${process.arch}`,
): Archive {
  const { url, sha256, version }: Release = RELEASES[name]
  if (!(platform in sha256)) {
    throw new ToolUnavailable(`${name} ${version} is not known for ${platform}. ${INSTRUCTIONS}`)
  }
  return { url: url(platform as Platform), sha256: sha256[platform as Platform] }
}

/** Path of the program: from PATH, or from the cache. */
export async function findPulumi(name: PulumiProgram): Promise<string | undefined> {
  const { fits }: Release = RELEASES[name]
  const installed = findOnPath(name)
  if (installed && (!fits || fits.test(await versionOf(installed)))) return installed
  const cached = cachedAt(name)
  return existsSync(cached) ? cached : undefined
}

/** The same; where there is none it is downloaded, which `say` tells about. */
export async function ensurePulumi(
  name: PulumiProgram,
  say: (line: string) => void,
  archive = archiveOf,
): Promise<string> {
  const found = await findPulumi(name)
  if (found) return found
  const source = archive(name)
  say(`downloading ${name} ${RELEASES[name].version}, once`)
  await makeFolder(folderOf(name), (aside) => unpack(source, aside)).catch((cause) => {
    if (!(cause instanceof ToolUnavailable)) throw cause
    throw new ToolUnavailable(`${name} is not on PATH, and ${cause.message}. ${INSTRUCTIONS}`, {
      cause,
    })
  })
  return cachedAt(name)
}

const folderOf = (name: PulumiProgram) => toolFolder(`${name}@${RELEASES[name].version}`)
const cachedAt = (name: PulumiProgram) => join(folderOf(name), RELEASES[name].program)

async function versionOf(program: string): Promise<string> {
  const env = { ...process.env, PULUMI_SKIP_UPDATE_CHECK: 'true' }
  const { stdout } = await run(program, ['version'], { env }).catch(() => ({ stdout: '' }))
  return stdout
}
