import { execFile, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { findOnPath } from './binaries.ts'
import { ROOT } from './profile.ts'
import { makeFolder, toolFolder } from './tool-cache.ts'

export type ToolName = 'k6' | 'jaeger' | 'actionlint' | 'kubeconform' | 'kind' | 'kubectl'

type Tool = {
  /** A program on PATH is taken when it says that it is new enough. */
  fits: RegExp
  wanted: string
  /** How long a first build takes. */
  minutes: string
  ask?: readonly string[]
  /** Variables by which it knows its version, which Go does not set. */
  stamps?: readonly string[]
}
const TOOLS: Record<ToolName, Tool> = {
  k6: { fits: /k6 v([2-9]|\d\d)\./, wanted: 'k6 2 or newer', minutes: '1 to 3' },
  jaeger: { fits: /v?2\.\d+\.\d+/, wanted: 'jaeger 2', minutes: '3 to 8' },
  actionlint: { fits: /^v?1\.7\./, wanted: 'actionlint 1.7', minutes: '1', ask: ['-version'] },
  // Built by Go it does not know its version.
  kubeconform: { fits: /^(v0\.\d|development)/, wanted: 'kubeconform', minutes: '1', ask: ['-v'] },
  kind: { fits: /^kind v(0\.(2[7-9]|[3-9]\d)|[1-9])/, wanted: 'kind 0.27 or newer', minutes: '1' },
  kubectl: {
    fits: /^Client Version: v1\.(3[4-9]|[4-9]\d)\./,
    wanted: 'kubectl 1.34 or newer',
    minutes: '2 to 5',
    ask: ['version', '--client'],
    stamps: ['k8s.io/component-base/version.gitVersion', 'k8s.io/client-go/pkg/version.gitVersion'],
  },
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
  const { ask = ['version'] } = TOOLS[name]
  const { stdout } = await run(program, ask).catch(() => ({ stdout: '' }))
  return TOOLS[name].fits.test(stdout)
}

const cachedAt = async (name: ToolName): Promise<string> =>
  join(toolFolder(`${name}@${await versionOf(name)}`), name)

const versionOf = async (name: ToolName): Promise<string> =>
  pinnedVersion(await readFile(join(ROOT, 'tools', name, 'go.mod'), 'utf8'))

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
  await makeFolder(folder, (aside) => goInstall(name, aside))
  say(`built ${target} in ${Math.round((Date.now() - startedAt) / 1000)} s`)
  return target
}

async function goInstall(name: ToolName, binDirectory: string): Promise<void> {
  const version = await versionOf(name)
  const stamps = (TOOLS[name].stamps ?? []).map((variable) => `-X ${variable}=${version}`)
  const flags = ['-s', '-w', ...stamps].join(' ')
  const args = ['-n', '10', findOnPath('go')!, 'install', '-ldflags', flags, 'tool']
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
