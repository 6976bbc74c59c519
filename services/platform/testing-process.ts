import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { type Cleanup, eventually } from './testing.ts'

// biome-ignore lint/suspicious/noExplicitAny: a test knows the lines it waits for
export type LogLine = Record<string, any>

export type TestProcess = {
  /** Every log line so far. */
  lines: LogLine[]
  stderr: () => string
  /** The first log line of which this is true. */
  line: (wanted: (line: LogLine) => boolean) => Promise<LogLine>
  signal: (name: NodeJS.Signals) => void
  exit: Promise<{ code: number | null; signal: NodeJS.Signals | null }>
}

/** Runs a program of ours as a process of its own; it is gone when the test is. */
export function startProcess(
  t: Cleanup,
  file: string,
  { env, nodeArgs = [] }: { env: Record<string, string>; nodeArgs?: string[] },
): TestProcess {
  const { PATH = '' } = process.env
  const child = spawn(process.execPath, [...nodeArgs, file], {
    env: { PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const lines: LogLine[] = []
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(JSON.parse(line)))
  let stderr = ''
  child.stderr.on('data', (chunk) => {
    stderr += chunk
  })
  const exit = once(child, 'close').then(([code, signal]) => ({ code, signal }))
  t.after(async () => {
    child.kill('SIGKILL')
    await exit
  })
  return {
    lines,
    stderr: () => stderr,
    exit,
    signal: (name) => void child.kill(name),
    line: (wanted) =>
      eventually(async () => {
        const found = lines.find(wanted)
        if (!found && child.exitCode !== null) throw new Error(`it ended: ${stderr}`)
        return found
        // A process starts slowly on a machine that is busy with other tests.
      }, 30_000),
  }
}
