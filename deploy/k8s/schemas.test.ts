import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { ensureTool, whyUnavailable } from '../host/tools.ts'
import { fixtureRelease } from './fixtures.ts'
import { type Manifest, manifestsOf } from './manifests.ts'
import { schemaFile } from './schemas.ts'

const FOLDER = join(import.meta.dirname, 'schemas')

/** Add-ons define these; their schemas are not Kubernetes' own. */
const FOREIGN = ['ExternalSecret', 'ScaledObject']

const skip = (await whyUnavailable('kubeconform')) ?? false

async function kubeconform(manifests: readonly Manifest[]) {
  const location = join(FOLDER, '{{.ResourceKind}}{{.KindSuffix}}.json')
  const args = ['-strict', '-schema-location', location, '-skip', FOREIGN.join()]
  const input = manifests.map((manifest) => JSON.stringify(manifest)).join('\n---\n')
  const { status, stdout } = spawnSync(
    await ensureTool('kubeconform'),
    [...args, '-summary', '-output', 'json'],
    { input, encoding: 'utf8' },
  )
  return { status, ...JSON.parse(stdout) }
}

for (const name of ['kind', 'aws'] as const) {
  test(`every object in ${name} is one that Kubernetes knows, field by field`, {
    skip,
  }, async () => {
    const manifests = await manifestsOf(fixtureRelease(name))
    const foreign = manifests.filter(({ kind }) => FOREIGN.includes(kind)).length
    const { status, resources, summary } = await kubeconform(manifests)
    assert.deepEqual(resources, [])
    assert.equal(status, 0)
    assert.equal(summary.valid, manifests.length - foreign)
  })
}

test('a misspelt field is refused', { skip }, async () => {
  const [manifest] = (await manifestsOf(fixtureRelease('kind'))).filter(
    ({ kind }) => kind === 'Deployment',
  )
  manifest!.spec.template.spec.containers[0].readynessProbe = {}
  const { summary } = await kubeconform([manifest!])
  assert.equal(summary.invalid, 1)
})

test('there is a schema of every kind in use: make it with scripts/schemas.ts', async () => {
  for (const name of ['kind', 'aws'] as const) {
    for (const manifest of await manifestsOf(fixtureRelease(name))) {
      if (FOREIGN.includes(manifest.kind)) continue
      const file = schemaFile(manifest)
      assert.ok(existsSync(join(FOLDER, file)), `${file} is there`)
    }
  }
})
