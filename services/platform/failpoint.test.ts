import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, type TestContext, test } from 'node:test'
import { ConfigError } from './config.ts'
import { armFailpoints, failpoint, without } from './failpoint.ts'
import { startProcess } from './testing-process.ts'

const arm = (FAILPOINTS?: string, FAILPOINT_HITS?: string, ENVIRONMENT = 'test') =>
  armFailpoints({ ENVIRONMENT, FAILPOINTS, FAILPOINT_HITS })

afterEach(() => arm())

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'restofy-failpoint-'))
  t.after(() => rmSync(path, { recursive: true }))
  return path
}

test('without FAILPOINTS every point is passed, and every safeguard is in place', () => {
  arm()
  assert.equal(failpoint('C5'), undefined)
  assert.equal(without('inbox'), false)
})

test('a point throws at every third pass, and nowhere else', async () => {
  arm('C5=throw:1/3')
  const passes: string[] = []
  for (let i = 0; i < 6; i++) {
    passes.push(await Promise.resolve(failpoint('C5')).then(() => 'passed', String))
  }
  const third = ['passed', 'passed', 'Error: failpoint C5']
  assert.deepEqual(passes, [...third, ...third])
  assert.equal(failpoint('C6'), undefined)
})

test('a point that hangs goes on after its time', async () => {
  arm('C9=hang:30ms')
  const startedAt = performance.now()
  await failpoint('C9')
  assert.ok(performance.now() - startedAt >= 29)
})

test('hits are counted in a file, past the end of a process', async (t) => {
  const file = join(folder(t), 'hits.jsonl')
  arm('C7=throw:2x', file)
  await assert.rejects(async () => failpoint('C7'))
  arm('C7=throw:2x', file)
  await assert.rejects(async () => failpoint('C7'))
  assert.equal(failpoint('C7'), undefined)
  const points = readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).point)
  assert.deepEqual(points, ['C7', 'C7'])
})

test('a killed process is gone at the point, with its hit on record', async (t) => {
  const file = join(folder(t), 'hits.jsonl')
  const program = join(folder(t), 'program.ts')
  const module = JSON.stringify(join(import.meta.dirname, 'failpoint.ts'))
  writeFileSync(
    program,
    `import { armFailpoints, failpoint } from ${module}
     armFailpoints({ ENVIRONMENT: 'test', FAILPOINTS: 'C12=kill', FAILPOINT_HITS: ${JSON.stringify(file)} })
     console.log('{"before":true}')
     await failpoint('C12')
     console.log('{"after":true}')`,
  )
  const { exit, lines } = startProcess(t, program, { env: {} })
  assert.equal((await exit).signal, 'SIGKILL')
  assert.deepEqual(lines, [{ before: true }])
  assert.match(readFileSync(file, 'utf8'), /"point":"C12","action":"kill"/)
})

test('a safeguard is taken away by its name', () => {
  arm('C5=throw,no-inbox')
  assert.deepEqual([without('inbox'), without('idempotency')], [true, false])
})

test('production refuses every failpoint, and a misspelt one is a configuration mistake', () => {
  assert.throws(() => arm('no-inbox', undefined, 'production'), ConfigError)
  for (const wrong of [
    'C3=kill',
    'C5=explode',
    'C5',
    'no-brakes',
    'C5=kill:often',
    'C5=kill:1/0',
  ]) {
    assert.throws(() => arm(wrong), ConfigError, wrong)
  }
  assert.doesNotThrow(() => arm(undefined, undefined, 'production'))
})
