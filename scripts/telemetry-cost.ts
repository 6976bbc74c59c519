import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Pool } from 'undici'
import { ROOT } from '../deploy/host/profile.ts'
import type { Hop, HopMessage } from './telemetry-hop.ts'

export type Variant = {
  title: string
  hop: Hop
  /** Share of requests traced from here on; undefined: the process is not instrumented at all. */
  sampled?: number
}

type Run = { requests: number; logFile: string; otlp: string }

const CONNECTIONS = 32
/** Enough for the optimising compiler to have seen every path. */
const WARM_UP_REQUESTS = 12_000
const REGISTER = './services/platform/telemetry/register.ts'

/** CPU microseconds per request of the serving process, from a process of its own. */
export async function measureHop(variant: Variant, run: Run): Promise<number> {
  const hop = startHop(variant, run)
  const pool = await answerOf(hop, 'port').then(
    (port) => new Pool(`http://127.0.0.1:${port}`, { connections: CONNECTIONS }),
  )
  try {
    await send(pool, WARM_UP_REQUESTS)
    const before = await cpuOf(hop)
    await send(pool, run.requests)
    return ((await cpuOf(hop)) - before) / run.requests
  } finally {
    await pool.destroy()
    hop.kill('SIGKILL')
    await once(hop, 'exit')
  }
}

function startHop({ hop, sampled }: Variant, { logFile, otlp }: Run): ChildProcess {
  const traced = sampled !== undefined
  return spawn(
    process.execPath,
    [...(traced ? ['--import', REGISTER] : []), 'scripts/telemetry-hop.ts', hop],
    {
      cwd: ROOT,
      env: {
        PATH: process.env.PATH,
        LOG_FILE: logFile,
        ...(traced && {
          OTEL_SERVICE_NAME: 'hop',
          OTEL_EXPORTER_OTLP_ENDPOINT: otlp,
          OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
          OTEL_TRACES_SAMPLER_ARG: String(sampled),
        }),
      },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    },
  )
}

/** The hop's next message; its early end is an error instead of a wait. */
async function answerOf(hop: ChildProcess, name: 'port' | 'cpuMicros'): Promise<number> {
  const ended = once(hop, 'exit').then(([code, signal]) => {
    throw new Error(`the measured process ended with ${signal ?? code}`)
  })
  const [message] = (await Promise.race([once(hop, 'message'), ended])) as [HopMessage]
  return (message as Record<typeof name, number>)[name]
}

function cpuOf(hop: ChildProcess): Promise<number> {
  const answer = answerOf(hop, 'cpuMicros')
  hop.send('cpu')
  return answer
}

async function send(pool: Pool, requests: number): Promise<void> {
  let left = requests
  const connection = async () => {
    while (left-- > 0) {
      const { statusCode, body } = await pool.request({ method: 'GET', path: `/things/${left}` })
      if (statusCode !== 200) throw new Error(`the measured process answered ${statusCode}`)
      await body.dump()
    }
  }
  await Promise.all(Array.from({ length: CONNECTIONS }, connection))
}

/** An OTLP endpoint that reads and forgets, and counts what it got. */
export async function discardingSink() {
  const server = createServer((req, res) => {
    req.resume().once('end', () => res.end())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}
