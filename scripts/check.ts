#!/usr/bin/env node
// Format, lint, types, architecture, alerts, and what the cluster would run: all of them even when one fails.
// usage: node scripts/check.ts
import { globSync } from 'node:fs'
import { $, type ProcessPromise } from 'zx'
import { hostProfile } from '../deploy/host/profile.ts'
import { fixtureRelease } from '../deploy/k8s/fixtures.ts'
import { manifestsOf } from '../deploy/k8s/manifests.ts'
import { checkovOnManifests } from './checkov/run.ts'
import { hadolint } from './hadolint.ts'
import { installMissing } from './install-missing.ts'
import { orWhyNot } from './or-why-not.ts'
import { script } from './report.ts'

type Check = () => Promise<string[]>

const run = $({ quiet: true, nothrow: true, preferLocal: true })

const succeeds =
  (start: () => ProcessPromise): Check =>
  async () => {
    const output = await start()
    return output.ok ? [] : [output.text().trimEnd(), output.stderr.trimEnd()]
  }

const CHECKS: Record<string, Check> = {
  'format and lint': succeeds(() => run`biome check --error-on-warnings .`),
  types: succeeds(() => run`tsc -p .`),
  architecture: succeeds(() => run`node --test architecture.test.ts`),
  'rules and alerts': succeeds(() => run`node --test deploy/prometheus/*.test.ts`),
  'boards and traces': succeeds(
    () =>
      run`node --test deploy/grafana/grafana.test.ts deploy/jaeger/jaeger.test.ts deploy/collector/collector.test.ts`,
  ),
  'objects of the cluster': succeeds(() => run`node --test deploy/k8s/*.test.ts`),
  'checkov on the objects': async () =>
    checkovOnManifests({
      kind: await manifestsOf(fixtureRelease('kind')),
      aws: await manifestsOf(fixtureRelease('aws')),
    }),
  Dockerfiles: () => hadolint(globSync('{services,deploy,infra,tools}/**/*Dockerfile*')),
}

await script(hostProfile(process.env), async () => {
  // promtool comes with Prometheus.
  await installMissing()
  const failed: string[] = []
  for (const [title, check] of Object.entries(CHECKS)) {
    const complaints = await orWhyNot(title, check)
    if (complaints.length === 0) continue
    failed.push(title)
    console.error(complaints.join('\n').trim())
  }
  if (failed.length > 0) throw new Error(`failed: ${failed.join(', ')}`)
})
