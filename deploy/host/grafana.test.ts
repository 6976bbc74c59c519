import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { grafanaProcess } from './grafana.ts'
import { testProfile } from './profile.ts'

test('Grafana is started where it is installed, and nowhere else', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'grafana-'))
  t.after(() => rmSync(folder, { recursive: true }))
  assert.equal(grafanaProcess(testProfile, folder), undefined)
  const program = join(folder, 'bin/grafana')
  mkdirSync(join(folder, 'bin'))
  writeFileSync(program, '')
  chmodSync(program, 0o755)
  const found = grafanaProcess(testProfile, join(folder, 'bin'))
  assert.equal(found?.command, program)
  assert.ok(found?.env.GF_PATHS_PROVISIONING?.startsWith(testProfile.dir))
})
