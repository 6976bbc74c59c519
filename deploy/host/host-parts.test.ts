import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { services } from '../../services/catalogue.ts'
import { parseInstances } from './instances.ts'
import { kilobytes } from './memory.ts'
import { assertPortsFree, takenPort } from './port-check.ts'
import { isAlive, portOwners } from './proc.ts'
import { hostProfile, rememberOffset, testProfile } from './profile.ts'
import { rabbitmqConfig } from './rabbitmq.ts'
import { pinnedVersion } from './tools.ts'

test('instances are read as make passes them', () => {
  assert.deepEqual(parseInstances('order=2 gateway=1', services), { order: 2, gateway: 1 })
  assert.deepEqual(parseInstances('', services), {})
})

test('an unknown service or an impossible number of instances is refused by name', () => {
  assert.throws(() => parseInstances('orders=2', services), /orders=2: .*order, /)
  assert.throws(() => parseInstances('order=0', services), /order=0: between 1 and 9/)
  assert.throws(() => parseInstances('order=10', services), /between 1 and 9/)
})

test('a port offset is remembered until another is given, and refused when it is no number', (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'restofy-'))
  t.after(() => rmSync(dir, { recursive: true }))
  const offset = (PORT_OFFSET?: string) => hostProfile({ RESTOFY_DIR: dir, PORT_OFFSET }).offset

  assert.equal(offset(), 0)
  rememberOffset({ dir, offset: offset('20000') })
  assert.equal(offset(), 20_000)
  assert.equal(offset('0'), 0)
  assert.throws(() => offset('ten'), /PORT_OFFSET .*ten/)
})

test('the pinned version is that of the module the tool lives in', () => {
  const goMod = [
    'tool example.org/thing/cmd/thing',
    'require (',
    '\texample.org/thingummy v9.9.9 // indirect',
    '\texample.org/thing v1.2.3 // indirect',
    ')',
  ].join('\n')
  assert.equal(pinnedVersion(goMod), 'v1.2.3')
  assert.throws(() => pinnedVersion('module empty'), /no tool directive/)
})

test('the tools of this repository are pinned', () => {
  for (const tool of ['k6', 'jaeger']) {
    assert.match(pinnedVersion(readFileSync(`tools/${tool}/go.mod`, 'utf8')), /^v\d+\.\d+\.\d+/)
  }
})

test('a taken port is named with its owner and the way out', async (t) => {
  const server = createServer().listen(0, '127.0.0.1')
  t.after(() => server.close())
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as { port: number }
  assert.equal(portOwners([port]).get(port), process.pid)

  const order = {
    ...{ name: 'order', command: '', args: [], cwd: '/', env: {} },
    ports: [port],
    killTimeoutMs: 0,
  }
  const owner = new RegExp(
    `port ${port}, which order needs, is taken by pid ${process.pid}, .*node`,
  )
  await assert.rejects(assertPortsFree(testProfile, [order]), (error: Error) => {
    assert.match(error.message, owner)
    assert.match(error.message, /PORT_OFFSET=/)
    return true
  })
})

test('a port of a process we may not look into still has a sentence', () => {
  assert.match(takenPort('redis', 16_379, 0), /another user's process/)
})

test('a process that never was is not alive', () => {
  assert.equal(isAlive(process.pid), true)
  assert.equal(isAlive(2 ** 22 + 1), false)
})

test('memory figures are read from the kernel by name', () => {
  assert.equal(kilobytes('Rss:   900 kB\nPss:   120 kB\nPss_Anon: 80 kB\n', 'Pss'), 120)
  assert.equal(kilobytes('', 'Pss'), undefined)
})

test('RabbitMQ has our user instead of guest, and listens on this machine only', () => {
  const config = rabbitmqConfig({ dir: '/srv', offset: 0 }, 'secret')
  assert.match(config, /^default_user = restofy$/m)
  assert.match(config, /^default_pass = secret$/m)
  for (const [, address] of config.matchAll(/(?:ip|tcp\.1) = ([\d.]+)/g)) {
    assert.equal(address, '127.0.0.1')
  }
})
