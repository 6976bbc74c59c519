import type { ProcessDefinition } from './process.ts'

/** Servers come first and go last. */
export type Group = 'servers' | 'services'

export type Running = {
  name: string
  /** 0 when it does not run. */
  pid: number
  /** pm2's word: online, launching, stopping, stopped, errored, waiting restart. */
  status: string
  restarts: number
  /** Milliseconds since the epoch. */
  startedAt: number
}

const ALIVE = ['online', 'launching']

/** What has to end and what has to start so that exactly `wanted` runs, as it is defined now. */
export function changesTo(
  wanted: readonly ProcessDefinition[],
  running: readonly Running[],
  previous: readonly ProcessDefinition[],
): { end: string[]; start: ProcessDefinition[] } {
  const known = new Map(running.map((process) => [process.name, process]))
  const before = new Map(previous.map((definition) => [definition.name, serialised(definition)]))
  const start = wanted.filter((definition) => {
    const process = known.get(definition.name)
    const alive = process !== undefined && ALIVE.includes(process.status)
    return !alive || before.get(definition.name) !== serialised(definition)
  })
  const names = new Set(wanted.map(({ name }) => name))
  const surplus = previous.filter(({ name }) => !names.has(name))
  const end = [...start, ...surplus].map(({ name }) => name).filter((name) => known.has(name))
  return { end, start }
}

const serialised = (definition: ProcessDefinition) => JSON.stringify(definition)

/** The definition in pm2's words. */
export function pm2App(definition: ProcessDefinition, logFile: string): Record<string, unknown> {
  return {
    name: definition.name,
    script: definition.command,
    // Not pm2's Node wrapper: the process is exactly the command, as it is in a container.
    interpreter: 'none',
    args: definition.args,
    cwd: definition.cwd,
    env: definition.env,
    ...restarts(definition),
    kill_timeout: definition.killTimeoutMs,
    stop_exit_codes: definition.finalExitCodes ?? [],
    out_file: logFile,
    error_file: logFile,
    merge_logs: true,
    // pm2's tree kill needs `ps`, and SIGTERM to PostgreSQL's children is not how it stops.
    treekill: false,
    vizion: false,
    pmx: false,
  }
}

function restarts({ restartDelayMs }: ProcessDefinition): Record<string, number> {
  if (restartDelayMs === undefined) return { exp_backoff_restart_delay: 100 }
  // pm2 gives up after sixteen short lives unless it is told otherwise.
  return { restart_delay: restartDelayMs, max_restarts: 1_000_000 }
}
