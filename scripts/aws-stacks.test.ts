import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { environmentNamed } from '../infra/terraform-cdk/environments.ts'
import { environmentFolder, stacksOf } from './aws-stacks.ts'

test('outputs are read where the stacks were applied, in a folder of the environment', async (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'restofy-stacks-'))
  const { PATH } = process.env
  t.after(() => {
    rmSync(dir, { recursive: true })
    process.env.PATH = PATH
  })
  process.env.PATH = `${dir}:${PATH}`
  const asked = join(dir, 'asked')
  const terraform = `#!/bin/sh\necho "$1 $2" >> ${asked}\n[ "$2" != output ] || echo '{"vpc": {"value": "v"}}'\n`
  writeFileSync(join(dir, 'terraform'), terraform, { mode: 0o755 })
  const stacksFor = (name: string) => {
    const environment = environmentNamed(name)
    return stacksOf(environment, environmentFolder({ dir, offset: 0 }, environment))
  }
  const runs = (verb: string) => {
    const pattern = new RegExp(`^-chdir=(\\S+) ${verb}$`, 'gm')
    return Array.from(readFileSync(asked, 'utf8').matchAll(pattern), ([, folder]) => folder!)
  }

  const dev = await stacksFor('dev')
  await dev.apply(() => true)
  const applied = runs('apply')
  assert.ok(applied.length > 8)
  for (const folder of applied) assert.match(folder, /\/aws\/dev\/stacks\/[a-z]+-dev$/)
  assert.deepEqual(await dev.outputs(), { vpc: 'v' })
  const read = runs('output')
  assert.ok(read.length > 3)
  for (const folder of read) assert.ok(applied.includes(folder), `${folder} was applied`)

  await (await stacksFor('staging')).diff(() => true)
  for (const folder of runs('plan')) assert.match(folder, /\/aws\/staging\//)
})
