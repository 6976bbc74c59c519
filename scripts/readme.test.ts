import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'

const pages = ['README.md', 'RELIABILITY.md', ...globSync('{docs,deploy,infra}/**/*.md')].filter(
  (page) => !page.includes('node_modules'),
)
const makefile = readFileSync('Makefile', 'utf8')
const targets = new Set(Array.from(makefile.matchAll(/^([a-z0-9-]+):/gm), ([, target]) => target))

test('every make command that a page names exists', () => {
  for (const page of pages) {
    for (const [, target] of readFileSync(page, 'utf8').matchAll(/(?:^|`)make ([a-z0-9-]+)/gm)) {
      assert.ok(targets.has(target!), `${page} names make ${target}`)
    }
  }
})

test('every file that a page links or names exists', () => {
  for (const page of pages) {
    const text = readFileSync(page, 'utf8')
    for (const [, link] of text.matchAll(/\]\((?!https?:)([^)#]+)/g)) {
      assert.ok(existsSync(join(dirname(page), link!)), `${page} links ${link}`)
    }
    for (const [, path] of text.matchAll(
      /`((?:services|deploy|e2e|loadtests|scripts)\/[^`\s]+)`/g,
    )) {
      assert.ok(/[<{]/.test(path!) || globSync(path!).length > 0, `${page} names ${path}`)
    }
  }
})

test('every target of the Makefile says what it does', () => {
  const silent = [...targets].filter(
    (target) => !new RegExp(`^${target}:.*## `, 'm').test(makefile),
  )
  assert.deepEqual(silent, [])
})
