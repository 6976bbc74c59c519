import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { Provider } from '@pulumi/kubernetes'
import { LocalWorkspace } from '@pulumi/pulumi/automation/index.js'
import { findPulumi } from '../kind/pulumi.ts'
import { fixtureRelease } from './fixtures.ts'
import { program } from './program.ts'

const pulumi = await findPulumi('pulumi')
const skip = pulumi
  ? false
  : 'not previewed by Pulumi itself: pulumi is neither on PATH nor got yet'

/** The engine itself: it finds names given twice and circles, which mocks do not. */
test('Pulumi previews what AWS hands over, without servers that hold data', { skip }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'restofy-preview-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const plugin = `#!/bin/sh\nexec '${process.execPath}' '${join(import.meta.dirname, 'echo-provider.ts')}' "$@"\n`
  writeFileSync(join(folder, 'pulumi-resource-kubernetes'), plugin, { mode: 0o755 })
  process.env.PATH = [folder, dirname(pulumi!), process.env.PATH].join(':')

  const stack = await LocalWorkspace.createOrSelectStack(
    {
      projectName: 'restofy',
      stackName: 'fixture',
      program: async () => {
        program(fixtureRelease('aws'), { provider: new Provider('cluster', { kubeconfig: '{}' }) })
      },
    },
    {
      workDir: folder,
      projectSettings: { name: 'restofy', runtime: 'nodejs', backend: { url: `file://${folder}` } },
      envVars: { PULUMI_CONFIG_PASSPHRASE: 'fixture', PULUMI_SKIP_UPDATE_CHECK: 'true' },
    },
  )
  const planned: string[] = []
  const { changeSummary } = await stack.preview({
    onEvent: ({ resourcePreEvent }) => {
      if (!resourcePreEvent) return
      const { urn, type } = resourcePreEvent.metadata
      if (type.startsWith('kubernetes:'))
        planned.push(`${type.split(':').at(-1)} ${urn.split('::').at(-1)}`)
    },
  })
  assert.deepEqual(Object.keys(changeSummary), ['create'])
  assert.ok(planned.length > 150, `${planned.length} objects`)
  assert.ok(planned.includes('Deployment order'))
  assert.ok(planned.includes('ExternalSecret order-secrets'))
  const unwanted = planned.filter((object) =>
    /^(Secret|\w+ (postgres|rabbitmq|redis)\b)/.test(object),
  )
  assert.deepEqual(unwanted, [])
})
