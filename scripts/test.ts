#!/usr/bin/env node
// Runs every test against real servers on their own ports: first unit and integration tests, then
// the whole platform from outside.
// usage: node scripts/test.ts   (ONLY=unit|e2e, FILES="services/order/*.test.ts")
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { globSync } from 'node:fs'
import { startServers, startServices } from '../deploy/host/host.ts'
import { testProfile } from '../deploy/host/profile.ts'
import { stopAll } from '../deploy/host/stop.ts'
import { ensureTool, whyUnavailable } from '../deploy/host/tools.ts'
import { gatewayUrl } from '../deploy/host/urls.ts'
import { installMissing } from './install-missing.ts'
import { script, step } from './report.ts'

const UNIT = ['*.test.ts', '{services,deploy,infra,loadtests,scripts}/**/*.test.ts']
const { ONLY, FILES } = process.env

// A run that is interrupted ends its servers too: their ports would be missed by the next checkout.
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    stopAll(testProfile, { purge: true }).finally(() => process.exit(130))
  })
}

await script(testProfile, async () => {
  const startedAt = performance.now()
  await installMissing()
  if (ONLY !== 'unit') await tracesOrWhyNot()
  try {
    const servers = await startServers(testProfile, { step })
    if (ONLY !== 'e2e') await run('unit and integration', UNIT, 3, serverEnvironment(servers))
    if (ONLY !== 'unit') {
      await startServices(testProfile, { step })
      // One after another: they break and mend the one platform they share.
      await run('end to end', ['e2e/*.test.ts'], 1, {
        GATEWAY_URL: gatewayUrl(testProfile),
        RESTOFY_DIR: testProfile.dir,
        PORT_OFFSET: String(testProfile.offset),
      })
    }
  } finally {
    await step('end the test servers', () => stopAll(testProfile, { purge: true }))
  }
  console.log(`tested in ${Math.round((performance.now() - startedAt) / 1000)} s`)
})

async function tracesOrWhyNot(): Promise<void> {
  const reason = await whyUnavailable('jaeger')
  if (reason) return console.log(`the trace test will be skipped: ${reason}`)
  await step('jaeger', () => ensureTool('jaeger'))
}

function serverEnvironment({ urls, secrets }: Awaited<ReturnType<typeof startServers>>) {
  return {
    TEST_POSTGRES_URL: urls.postgres,
    TEST_RABBITMQ_URL: urls.rabbitmq,
    TEST_RABBITMQ_MANAGEMENT_URL: urls.management.replace('//', `//restofy:${secrets.rabbitmq}@`),
    TEST_REDIS_URL: urls.redis,
  }
}

async function run(title: string, patterns: string[], concurrency: number, env: object) {
  const files = globSync(FILES?.split(' ') ?? patterns, { exclude: ['**/node_modules/**'] })
    .filter((file) => file.startsWith('e2e/') === (title === 'end to end'))
    .sort()
  if (files.length === 0) return
  console.log(`\n${title}: ${files.length} files`)
  const node = spawn(
    process.execPath,
    ['--test', `--test-concurrency=${concurrency}`, '--test-timeout=150000', ...files],
    { stdio: 'inherit', env: { ...process.env, ...env } },
  )
  const [code] = await once(node, 'exit')
  if (code !== 0) throw new Error(`${title}: some tests failed`)
}
