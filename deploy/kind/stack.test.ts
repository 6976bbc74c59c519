import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { isLockedByDead } from './stack.ts'

test('only a lock whose owner died on this machine is broken', async (t) => {
  const state = await mkdtemp(join(tmpdir(), 'stack-'))
  t.after(() => rm(state, { recursive: true }))
  const locks = join(state, '.pulumi/locks/organization/restofy/restofy')
  await mkdir(locks, { recursive: true })
  const lock = (owner: object) => writeFile(join(locks, 'one.json'), JSON.stringify(owner))
  const gone = spawn(process.execPath, ['--version'])
  await once(gone, 'exit')

  assert.equal(await isLockedByDead(state), false)
  await lock({ pid: process.pid, hostname: hostname() })
  assert.equal(await isLockedByDead(state), false)
  await lock({ pid: gone.pid, hostname: 'elsewhere' })
  assert.equal(await isLockedByDead(state), false)
  await lock({ pid: gone.pid, hostname: hostname() })
  assert.equal(await isLockedByDead(state), true)
})
