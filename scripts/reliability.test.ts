import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { test } from 'node:test'

const TESTS = /`([^`]+\.test\.ts)`/g

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
    assert.ok(files.length > 0, `no test holds: ${wrong}`)
    for (const file of files) assert.ok(existsSync(file), `${file}, of: ${wrong}`)
  }
})
