import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { z } from 'zod'
import { ConfigError, platformConfig, readConfig } from './config.ts'

const COMPLETE = {
  PORT: '3001',
  METRICS_PORT: '9001',
  JWKS_URL: 'http://customer/.well-known/jwks.json',
  TOKEN_ISSUER: 'issuer',
  TOKEN_AUDIENCE: 'audience',
  SERVICE_API_KEY: 'a-key-of-16-chars',
}

const NEEDY = {
  needs: ['postgres', 'rabbitmq'],
  calls: [{ service: 'menu', timeoutMs: 1, retries: 0 }],
} as const

const mistakes = (read: () => unknown): string => {
  try {
    read()
  } catch (error) {
    assert.ok(error instanceof ConfigError)
    return error.message
  }
  return assert.fail('it was accepted')
}

test('one message names every variable that is missing or wrong', () => {
  const env = { ...COMPLETE, PORT: '99999', TOKEN_ISSUER: undefined, SERVICE_API_KEY: 'short' }
  const message = mistakes(() => platformConfig({ ...manifest, ...NEEDY }, env))
  for (const name of [
    'PORT',
    'TOKEN_ISSUER',
    'SERVICE_API_KEY',
    'DATABASE_URL',
    'RABBITMQ_URL',
    'MENU_URL',
  ]) {
    assert.match(message, new RegExp(`^ {2}${name}: `, 'm'))
  }
  assert.equal(message.split('\n').length, 7, message)
  assert.doesNotMatch(message, /short|99999/, 'a value may be a secret')
})

test('what a manifest does not need is not asked for', () => {
  const config = platformConfig({ ...manifest, needs: [], calls: [] }, COMPLETE)
  assert.equal(config.DATABASE_URL, undefined)
  assert.deepEqual(config.neighbours, {})
})

test('every neighbour a manifest calls has its origins, one or more', () => {
  const env = {
    ...COMPLETE,
    DATABASE_URL: 'postgres://h/d',
    RABBITMQ_URL: 'amqp://h',
    MENU_URL: 'http://a:1,http://b:2/ignored',
  }
  const { neighbours } = platformConfig({ ...manifest, ...NEEDY }, env)
  assert.deepEqual(neighbours, { menu: ['http://a:1', 'http://b:2'] })
})

test('an origin that is no URL is a mistake like any other', () => {
  const env = { ...COMPLETE, DATABASE_URL: 'postgres://h/d', RABBITMQ_URL: 'amqp://h' }
  for (const MENU_URL of ['menu', 'menu:3002', 'http://a:1,', 'http://a:1,,http://b:2']) {
    const message = mistakes(() => platformConfig({ ...manifest, ...NEEDY }, { ...env, MENU_URL }))
    assert.match(message, /MENU_URL/, MENU_URL)
  }
})

test('a variable may stand in a file, whose last line break does not count', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'config-'))
  t.after(() => rm(folder, { recursive: true }))
  await writeFile(join(folder, 'key'), 'from the file\n')
  const shape = { KEY: z.string() }
  assert.equal(readConfig(shape, { KEY_FILE: join(folder, 'key') }).KEY, 'from the file')
  const both = { KEY: 'from the environment', KEY_FILE: join(folder, 'key') }
  assert.equal(readConfig(shape, both).KEY, 'from the environment')
  const message = mistakes(() => readConfig(shape, { KEY_FILE: join(folder, 'none') }))
  assert.match(message, /KEY_FILE: ENOENT/)
})

test('an empty variable is a forgotten one', () => {
  assert.match(
    mistakes(() => readConfig({ KEY: z.string() }, { KEY: '' })),
    /KEY/,
  )
})

test('nobody changes the configuration afterwards', () => {
  const config = platformConfig({ ...manifest, needs: [], calls: [] }, COMPLETE)
  assert.throws(() => Object.assign(config, { PORT: 1 }), TypeError)
})

const manifest = {
  name: 'test',
  summary: '',
  port: 3001,
  roles: ['http'],
  routes: [],
  emits: [],
  hears: [],
  replicas: { min: 1, max: 1 },
  resources: { cpu: '100m', memory: '128Mi' },
  slo: { availability: 0.999, latency: { share: 0.99, withinMs: 250 } },
} as const
