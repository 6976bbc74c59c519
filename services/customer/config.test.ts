import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ConfigError } from '#platform/config.ts'
import { customerConfig } from './config.ts'

const KEY = { kty: 'OKP', crv: 'Ed25519', x: 'eA', d: 'c2VjcmV0', kid: 'k1' }

test('the signing key is read from the environment', () => {
  assert.deepEqual(customerConfig({ TOKEN_KEY: JSON.stringify(KEY) }).TOKEN_KEY, KEY)
})

test('a wrong key stops the start without being quoted', () => {
  const { d: _, ...publicOnly } = KEY
  for (const value of [undefined, 'c2VjcmV0', '{"d":"c2VjcmV0"', JSON.stringify(publicOnly)]) {
    assert.throws(
      () => customerConfig({ TOKEN_KEY: value }),
      (error) => error instanceof ConfigError && !error.message.includes('c2VjcmV0'),
    )
  }
})
