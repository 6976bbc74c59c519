import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { changesTo, type Group, pm2App, type Running } from './converge.ts'
import { isAlive } from './proc.ts'
import type { ProcessDefinition } from './process.ts'
import { type Profile, ROOT } from './profile.ts'

const run = promisify(execFile)

export const pm2Home = (profile: Profile) => join(profile.dir, 'pm2')
export const logFile = (profile: Profile, name: string) => join(profile.dir, 'logs', `${name}.log`)

/** Also for `pm2 monit`: the command line and environment of this installation's own pm2. */
export function pm2Command(profile: Profile): { command: string[]; env: NodeJS.ProcessEnv } {
  const inherited = Object.entries(process.env).filter(([name]) => INHERITED.test(name))
  const env = {
    ...Object.fromEntries(inherited),
    PM2_HOME: pm2Home(profile),
    PM2_DISCRETE_MODE: 'true',
    PM2_DISABLE_VERSION_CHECK: 'true',
    // pm2's own default is SIGINT, which asks PostgreSQL and Node for different things.
    PM2_KILL_SIGNAL: 'SIGTERM',
    PM2_CONCURRENT_ACTIONS: '16',
  }
  return { command: [process.execPath, join(ROOT, 'node_modules/pm2/bin/pm2')], env }
}

// Nothing else of the caller's shell reaches a process: GO* and proxies are for compiling Jaeger.
const INHERITED =
  /^(PATH|HOME|USER|LANG|LC_\w+|TZ|TMPDIR|TERM|XDG_CACHE_HOME|NODE_COMPILE_CACHE|GO\w*|\w+_proxy|SSL_\w+)$/i

export async function listProcesses(profile: Profile): Promise<Running[]> {
  if (!(await supervisorPid(profile))) return []
  const { stdout } = await pm2(profile, 'jlist')
  const list = JSON.parse(stdout.slice(stdout.indexOf('['))) as Pm2Process[]
  return list.map(({ name, pid, pm2_env }) => ({
    name,
    pid: pid ?? 0,
    status: hasEnded(pm2_env) ? 'stopped' : pm2_env.status,
    restarts: pm2_env.restart_time,
    startedAt: pm2_env.pm_uptime,
  }))
}

type Pm2Process = {
  name: string
  pid?: number
  pm2_env: {
    status: string
    restart_time: number
    pm_uptime: number
    exit_code?: number
    /** pm2 unwraps a list of one. */
    stop_exit_codes?: number | number[]
  }
}

/** With a restart backoff, pm2 7 says `waiting restart` of what it will never start again. */
const hasEnded = ({ status, exit_code, stop_exit_codes }: Pm2Process['pm2_env']): boolean =>
  status === 'waiting restart' &&
  exit_code !== undefined &&
  [stop_exit_codes].flat().includes(exit_code)

/** The daemon's pid, or 0. Asking pm2 itself would start one. */
export async function supervisorPid(profile: Profile): Promise<number> {
  const file = join(pm2Home(profile), 'pm2.pid')
  const pid = existsSync(file) ? Number(await readFile(file, 'utf8')) : 0
  return pid > 0 && isAlive(pid) ? pid : 0
}

/**
 * Starts what is missing, restarts what has changed, ends what is no longer wanted and leaves the rest
 * alone. Returns the names it started. It does not wait for readiness.
 */
export async function converge(
  profile: Profile,
  group: Group,
  wanted: readonly ProcessDefinition[],
): Promise<string[]> {
  const file = join(profile.dir, 'pm2', `${group}.json`)
  await mkdir(pm2Home(profile), { recursive: true, mode: 0o700 })
  await mkdir(join(profile.dir, 'logs'), { recursive: true })
  const previous = await startedProcesses(profile, group)
  const { end, start } = changesTo(wanted, await listProcesses(profile), previous)
  await removeProcesses(profile, end)
  // Written before the start: a start that fails halfway is repaired by the next one.
  await writeFile(file, JSON.stringify(wanted), { mode: 0o600 })
  if (start.length > 0) {
    const apps = start.map((definition) => pm2App(definition, logFile(profile, definition.name)))
    const ecosystem = join(profile.dir, 'pm2', `${group}.ecosystem.json`)
    await writeFile(ecosystem, JSON.stringify({ apps }), { mode: 0o600 })
    await pm2(profile, 'start', ecosystem)
  }
  return start.map(({ name }) => name)
}

/** As they were last started. */
export async function startedProcesses(
  profile: Profile,
  group: Group,
): Promise<ProcessDefinition[]> {
  const file = join(pm2Home(profile), `${group}.json`)
  return existsSync(file) ? JSON.parse(await readFile(file, 'utf8')) : []
}

/** SIGTERM, then SIGKILL after the definition's time. Returns when they have ended. */
export async function removeProcesses(profile: Profile, names: readonly string[]): Promise<void> {
  if (names.length > 0) await pm2(profile, 'delete', ...names)
}

/** Ends it without forgetting it: `restartProcess` brings it back. */
export async function stopProcess(profile: Profile, name: string): Promise<void> {
  await pm2(profile, 'stop', name)
}

export async function restartProcess(profile: Profile, name: string): Promise<void> {
  await pm2(profile, 'restart', name)
}

/** Ends the daemon and whatever it still supervises. */
export async function endSupervisor(profile: Profile): Promise<void> {
  if (await supervisorPid(profile)) await pm2(profile, 'kill')
}

function pm2(profile: Profile, ...args: string[]): Promise<{ stdout: string; stderr: string }> {
  const { command, env } = pm2Command(profile)
  const [node, ...script] = command
  return run(node!, [...script, ...args], { cwd: ROOT, env, maxBuffer: 64 * 1024 * 1024 })
}
