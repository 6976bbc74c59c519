import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fixtureRelease } from '../deploy/k8s/fixtures.ts'
import { manifestsOf } from '../deploy/k8s/manifests.ts'
import { inFiles, opinion } from './checkov/run.ts'
import { hadolint } from './hadolint.ts'
import { hasPythonTool } from './python-tool.ts'

/** Installing one takes minutes: `make check` does, and a test does without. */
const skipUnless = async (tool: string) =>
  (await hasPythonTool(tool)) ? false : `${tool} is not installed yet: make check does that`

const noCheckov = await skipUnless('checkov')
test('checkov notices an order service that is privileged', { skip: noCheckov }, async () => {
  const order = (await manifestsOf(fixtureRelease('kind'))).find(
    ({ kind, metadata }) => kind === 'Deployment' && metadata.name === 'order',
  )!
  order.spec.template.spec.containers[0].securityContext.privileged = true
  const { complaints } = await inFiles({ kind: [order] }, (folder) =>
    opinion('kubernetes', folder, []),
  )
  const said = complaints.filter((complaint) => complaint.startsWith('CKV_K8S_16 '))
  assert.equal(said.length, 1)
  assert.match(said[0]!, /: kind\.restofy\.Deployment\.order Deployment\.restofy\.order$/)
})

const noHadolint = await skipUnless('hadolint')
test('hadolint notices an image without a version', { skip: noHadolint }, async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'restofy-dockerfile-'))
  context.after(() => rmSync(folder, { recursive: true }))
  const dockerfile = join(folder, 'Dockerfile')
  writeFileSync(dockerfile, 'FROM node\nUSER 10001\n')
  const complaints = await hadolint([dockerfile])
  assert.match(complaints.join(), /Dockerfile:1 DL3006/)
})
