import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { hostProfile } from '../deploy/host/profile.ts'
import { kubeconfigFile } from '../deploy/kind/cluster.ts'
import { chosenMode } from './mode.ts'

test('MODE decides; without it the platform stays where it is', async (t) => {
  const dir = await mkdtemp(join(tmpdir(), 'mode-'))
  t.after(() => rm(dir, { recursive: true }))
  const profile = { ...hostProfile({}), dir }
  assert.equal(await chosenMode(profile, 'host'), 'host')
  assert.equal(await chosenMode(profile, 'kind'), 'kind')
  await assert.rejects(chosenMode(profile, 'cloud'), /must be host or kind, not cloud/)
  const kubeconfig = kubeconfigFile(profile)
  await mkdir(dirname(kubeconfig), { recursive: true })
  await writeFile(kubeconfig, '')
  assert.equal(await chosenMode(profile, undefined), 'kind')
})

test('without a Docker engine it is the host', async (t) => {
  const { PATH } = process.env
  t.after(() => (process.env.PATH = PATH))
  process.env.PATH = tmpdir()
  const profile = { ...hostProfile({}), dir: join(tmpdir(), 'nowhere') }
  assert.equal(await chosenMode(profile, undefined), 'host')
})
