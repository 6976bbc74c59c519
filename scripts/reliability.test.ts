import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { OUTAGES } from './chaos/outages.ts'

const TESTS = /`([^`]+\.test\.ts)`/g
const RUNS = /`make chaos OUTAGE=(\w+)`/g

/** What goes wrong, what happens, and the tests that hold it. */
const answers = readFileSync('RELIABILITY.md', 'utf8')
  .split('\n## ')
  .find((section) => section.startsWith('Decided answers'))!
  .split('\n')
  .filter((line) => line.startsWith('| '))
  .slice(2)
  .map((line) => line.split(' | '))

test('every decided answer is held by a test that is there', () => {
  assert.ok(answers.length >= 25)
  for (const [wrong, happens, held = ''] of answers) {
    assert.ok(wrong && happens)
    const files = Array.from(held.matchAll(TESTS), ([, file]) => file!)
    const outages = Array.from(held.matchAll(RUNS), ([, name]) => name!)
    assert.ok(files.length + outages.length > 0, `no test holds: ${wrong}`)
    for (const file of files) assert.ok(existsSync(file), `${file}, of: ${wrong}`)
    for (const name of outages) assert.ok(OUTAGES[name], `OUTAGE=${name}, of: ${wrong}`)
  }
})

test('every outage is decided beforehand, and comes true every night', () => {
  const nightly = readFileSync('.github/workflows/nightly.yml', 'utf8')
  const decided = answers.flat().join()
  for (const name of Object.keys(OUTAGES)) {
    assert.ok(decided.includes(`make chaos OUTAGE=${name}\``), `RELIABILITY.md: ${name}`)
    assert.ok(nightly.includes(`make chaos OUTAGE=${name}\n`), `nightly.yml: ${name}`)
  }
})
