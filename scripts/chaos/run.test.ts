import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { holdPlatform } from './run.ts'

const folder = mkdtempSync(join(tmpdir(), 'restofy-'))
test.after(() => rmSync(folder, { recursive: true }))

test('a second campaign in one checkout is told whose turn it is', () => {
  const file = join(folder, 'taken.pid')
  const release = holdPlatform(file)
  assert.throws(() => holdPlatform(file), RegExp(`another make chaos \\(pid ${process.pid}\\)`))
  release()
  assert.equal(existsSync(file), false)
})

test('one that died is in nobody’s way', async () => {
  const file = join(folder, 'left.pid')
  const gone = spawn('true')
  await once(gone, 'exit')
  writeFileSync(file, String(gone.pid))
  holdPlatform(file)
  assert.equal(readFileSync(file, 'utf8'), String(process.pid))
})

test('nor is a stranger that has its pid by now', () => {
  const file = join(folder, 'reused.pid')
  writeFileSync(file, '1')
  holdPlatform(file)
  assert.equal(readFileSync(file, 'utf8'), String(process.pid))
})
