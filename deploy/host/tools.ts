import { execFile, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises'
import { homedir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { findOnPath } from './binaries.ts'
import { ROOT } from './profile.ts'

export type ToolName = 'k6' | 'jaeger' | 'actionlint' | 'kubeconform'

/** A program on PATH is taken when it says it is new enough; how long a first build takes here. */
type Tool = { fits: RegExp; wanted: string; minutes: string; ask?: string }
const TOOLS: Record<ToolName, Tool> = {
  k6: { fits: /k6 v([2-9]|\d\d)\./, wanted: 'k6 2 or newer', minutes: '1 to 3' },
  jaeger: { fits: /v?2\.\d+\.\d+/, wanted: 'jaeger 2', minutes: '3 to 8' },
  actionlint: { fits: /^v?1\.7\./, wanted: 'actionlint 1.7', minutes: '1', ask: '-version' },
  // Built by Go it does not know its version.
  kubeconform: { fits: /^(v0\.\d|development)/, wanted: 'kubeconform', minutes: '1', ask: '-v' },
}

const run = promisify(execFile)

export class ToolUnavailable extends Error {
  override name = 'ToolUnavailable'
}

/** Path of the program: from PATH, from the cache, or built into the cache, which `say` tells about. */
export async function ensureTool(
  name: ToolName,
  say: (line: string) => void = console.error,
): Promise<string> {
  return (await findTool(name)) ?? (await buildTool(name, say))
}

export async function findTool(name: ToolName): Promise<string | undefined> {
  const installed = findOnPath(name)
  if (installed && (await fits(name, installed))) return installed
  const cached = await cachedAt(name)
  return existsSync(cached) ? cached : undefined
}

/** The sentence to print when the tool can be neither found nor built; undefined when it can. */
export async function whyUnavailable(name: ToolName): Promise<string | undefined> {
  if ((await findTool(name)) || findOnPath('go')) return undefined
  return `${name} is neither installed nor buildable: put ${TOOLS[name].wanted} on PATH, or install Go (https://go.dev/dl)`
}

async function fits(name: ToolName, program: string): Promise<boolean> {
  const { stdout } = await run(program, [TOOLS[name].ask ?? 'version']).catch(() => ({
    stdout: '',
  }))
  return TOOLS[name].fits.test(stdout)
}

async function cachedAt(name: ToolName): Promise<string> {
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), '.cache')
  const goMod = await readFile(join(ROOT, 'tools', name, 'go.mod'), 'utf8')
  return join(cache, 'restofy/tools', `${name}@${pinnedVersion(goMod)}`, name)
}

/** The version of the module that the `tool` directive points into. */
export function pinnedVersion(goMod: string): string {
  const tool = /^tool (\S+)$/m.exec(goMod)?.[1] ?? ''
  const required = goMod.matchAll(/^(?:require )?\s*(\S+) (v\S+)/gm)
  const owners = [...required].filter(([, module]) => `${tool}/`.startsWith(`${module}/`))
  const [, , version] = owners.sort(([, a], [, b]) => b!.length - a!.length)[0] ?? []
  if (!version) throw new Error('go.mod has no tool directive, or does not require its module')
  return version
}

async function buildTool(name: ToolName, say: (line: string) => void): Promise<string> {
  const unavailable = await whyUnavailable(name)
  if (unavailable) throw new ToolUnavailable(unavailable)
  const target = await cachedAt(name)
  const folder = dirname(target)
  say(`building ${basename(folder)} with Go, once: takes ${TOOLS[name].minutes} minutes`)
  const startedAt = Date.now()
  await mkdir(dirname(folder), { recursive: true })
  // Built aside and renamed: an interrupted build must not look like a finished one.
  const building = await mkdtemp(`${folder}.building-`)
  try {
    await goInstall(name, building)
    await rename(building, folder)
  } catch (error) {
    // Another process may have finished the same build first.
    if (!existsSync(target)) throw error
  } finally {
    await rm(building, { recursive: true, force: true })
  }
  say(`built ${target} in ${Math.round((Date.now() - startedAt) / 1000)} s`)
  return target
}

function goInstall(name: ToolName, binDirectory: string): Promise<void> {
  const args = ['-n', '10', findOnPath('go')!, 'install', '-ldflags', '-s -w', 'tool']
  const options = {
    cwd: join(ROOT, 'tools', name),
    env: { ...process.env, GOBIN: binDirectory },
    stdio: 'inherit',
  } as const
  return new Promise((resolve, reject) => {
    const go = spawn('nice', args, options)
    go.once('error', reject)
    go.once('exit', (code, signal) =>
      code === 0
        ? resolve()
        : reject(new Error(`go install of ${name} ended with ${signal ?? code}`)),
    )
  })
}
