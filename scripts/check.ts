#!/usr/bin/env node
// Format, lint, types, architecture and alerts, all of them even when one fails.
// usage: node scripts/check.ts
import { $ } from 'zx'
import { hostProfile } from '../deploy/host/profile.ts'
import { installMissing } from './install-missing.ts'
import { script, step } from './report.ts'

const run = $({ quiet: true, nothrow: true, preferLocal: true })

const CHECKS = {
  'format and lint': () => run`biome check --error-on-warnings .`,
  types: () => run`tsc -p .`,
  architecture: () => run`node --test architecture.test.ts`,
  'rules and alerts': () => run`node --test deploy/prometheus/*.test.ts`,
  'boards and traces': () =>
    run`node --test deploy/grafana/grafana.test.ts deploy/jaeger/jaeger.test.ts deploy/collector/collector.test.ts`,
}

await script(hostProfile(process.env), async () => {
  // promtool comes with Prometheus.
  await installMissing()
  const failed: string[] = []
  for (const [title, check] of Object.entries(CHECKS)) {
    const output = await step(title, check)
    if (output.ok) continue
    failed.push(title)
    console.error(output.text().trimEnd(), output.stderr.trimEnd())
  }
  if (failed.length > 0) throw new Error(`failed: ${failed.join(', ')}`)
})
