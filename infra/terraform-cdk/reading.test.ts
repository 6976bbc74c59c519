import { test } from 'node:test'
import { readingOf } from './reading.ts'
import { synthesise } from './synthesise.ts'

const stacks = synthesise()
const parts = new Set(stacks.map(({ id }) => id.split('-')[0]!))

// Written anew with: node --test --test-update-snapshots infra/terraform-cdk/reading.test.ts
for (const part of parts) {
  test(`the ${part} stack reads as it was last reviewed`, (t) => {
    const file = new URL(`./snapshots/${part}.txt`, import.meta.url).pathname
    t.assert.fileSnapshot(readingOf(part, stacks), file, { serializers: [String] })
  })
}
