import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { findOnPath } from '../deploy/host/binaries.ts'

const run = promisify(execFile)

export type WrkRun = { requests: number; perSecond: number }

/**
 * As many GETs as `connections` can make for `secs`. A closed loop: for what a request costs, not for how long
 * it takes. Throws when any answer was not a success.
 */
export async function wrk(url: string, { connections = 32, secs = 5 } = {}): Promise<WrkRun> {
  const program = findOnPath('wrk')
  if (!program) throw new Error('wrk is not on PATH: on Debian or Ubuntu, apt-get install wrk')
  const { stdout } = await run(program, ['-t1', `-c${connections}`, `-d${secs}s`, url])
  const failed = /Non-2xx or 3xx responses: (\d+)/.exec(stdout)?.[1]
  if (failed) throw new Error(`${failed} requests to ${url} were refused`)
  return {
    requests: Number(/(\d+) requests in/.exec(stdout)?.[1]),
    perSecond: Number(/Requests\/sec: +([\d.]+)/.exec(stdout)?.[1]),
  }
}
