import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sentenceOf } from './stack-run.ts'

const LOCKED = `
Error: Error acquiring the state lock

Error message: operation error S3: PutObject, https response error StatusCode: 412
Lock Info:
  ID:        5f1c6d0e-0d7a-4b8e-9a51-3cf1c0f3c9a1
  Path:      restofy-dev-state-111111111111/data.tfstate
  Operation: OperationTypeApply
  Who:       ada@laptop
  Version:   1.11.4
  Created:   2026-11-24 21:00:00 +0000 UTC
`

test('a held state lock says who holds it, since when, and how to break it', () => {
  assert.match(
    sentenceOf(LOCKED),
    /^somebody else is changing this stack: ada@laptop since 2026-11-24 .*force-unlock 5f1c6d0e-0d7a/,
  )
})

test('missing credentials say how to get some', () => {
  assert.match(
    sentenceOf('Error: No valid credential sources found'),
    /^there are no AWS credentials/,
  )
})

test('any other failure is the first error of Terraform', () => {
  assert.equal(sentenceOf('\nError: creating VPC: no\n\n  with x\n'), 'creating VPC: no')
})
