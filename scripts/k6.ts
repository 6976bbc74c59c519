import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Profile, ROOT } from '../deploy/host/profile.ts'
import { ensureTool } from '../deploy/host/tools.ts'

export type Values = Record<string, number>
export type Summary = { metrics: Record<string, Values | undefined> }

/** `failed` when a threshold broke: k6's exit code 99. */
export type Run = { summary: Summary; failed: boolean; report: string }

export type RunOptions = {
  gateway: string
  /** Where k6's own figures go, beside the services' own. */
  prometheus?: string
  env?: Record<string, string>
}

/** Runs `loadtests/<profile>.ts`; throws when k6 itself could not. */
export async function runK6(
  profile: Profile,
  name: string,
  { gateway, prometheus, env = {} }: RunOptions,
): Promise<Run> {
  const k6 = await ensureTool('k6', console.log)
  const folder = join(profile.dir, 'reports')
  await mkdir(folder, { recursive: true })
  const stamp = new Date().toISOString().slice(0, 19).replaceAll(':', '-')
  const report = join(folder, `${stamp}-${name}.html`)
  const summaryFile = report.replace('.html', '.json')
  const outputs = prometheus ? ['--out', 'experimental-prometheus-rw'] : []
  const child = spawn(
    k6,
    [
      'run',
      '--quiet',
      '--summary-export',
      summaryFile,
      ...outputs,
      join(ROOT, `loadtests/${name}.ts`),
    ],
    {
      stdio: ['ignore', 'inherit', 'inherit'],
      env: {
        ...process.env,
        ...env,
        GATEWAY: gateway,
        // k6 calls home and may fetch a binary of its own otherwise.
        K6_NO_USAGE_REPORT: 'true',
        K6_AUTO_EXTENSION_RESOLUTION: 'false',
        K6_WEB_DASHBOARD: 'true',
        K6_WEB_DASHBOARD_PORT: '-1',
        K6_WEB_DASHBOARD_PERIOD: '1s',
        K6_WEB_DASHBOARD_EXPORT: report,
        ...(prometheus && {
          K6_PROMETHEUS_RW_SERVER_URL: `${prometheus}/api/v1/write`,
          K6_PROMETHEUS_RW_TREND_STATS: 'p(50),p(95),p(99),max',
        }),
      },
    },
  )
  const [code] = await once(child, 'exit')
  if ((code !== 0 && code !== 99) || !existsSync(summaryFile)) {
    throw new Error(`k6 ended with ${code}: its own message is above`)
  }
  return { summary: JSON.parse(await readFile(summaryFile, 'utf8')), failed: code === 99, report }
}

/** One figure of a summary; throws when k6 has none, which would otherwise read as 0. */
export function figure({ metrics }: Summary, metric: string, value: string): number {
  const found = metrics[metric]?.[value]
  if (found === undefined) throw new Error(`k6 measured no ${value} of ${metric}`)
  return found
}
