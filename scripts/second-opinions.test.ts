import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { ToolUnavailable } from '../deploy/host/tools.ts'
import { fixtureRelease } from '../deploy/k8s/fixtures.ts'
import { manifestsOf } from '../deploy/k8s/manifests.ts'
import { inFiles, opinion } from './checkov/run.ts'
import { hadolint } from './hadolint.ts'

/** Skips where the tool cannot be had, and says so. */
async function orSkip<T>(context: TestContext, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof ToolUnavailable)) throw error
    context.skip(error.message)
    return undefined
  }
}

test('checkov notices an order service that is privileged', async (context) => {
  const order = (await manifestsOf(fixtureRelease('kind'))).find(
    ({ kind, metadata }) => kind === 'Deployment' && metadata.name === 'order',
  )!
  order.spec.template.spec.containers[0].securityContext.privileged = true
  const verdict = await orSkip(context, () =>
    inFiles({ kind: [order] }, (folder) => opinion('kubernetes', folder, [])),
  )
  if (!verdict) return
  const said = verdict.complaints.filter((complaint) => complaint.startsWith('CKV_K8S_16 '))
  assert.equal(said.length, 1)
  assert.match(said[0]!, /: kind\.restofy\.Deployment\.order Deployment\.restofy\.order$/)
})

test('hadolint notices an image without a version', async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'restofy-dockerfile-'))
  context.after(() => rmSync(folder, { recursive: true }))
  const dockerfile = join(folder, 'Dockerfile')
  writeFileSync(dockerfile, 'FROM node\nUSER 10001\n')
  const complaints = await orSkip(context, () => hadolint([dockerfile]))
  if (complaints) assert.match(complaints.join(), /Dockerfile:1 DL3006/)
})
