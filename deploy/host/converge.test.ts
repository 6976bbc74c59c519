import assert from 'node:assert/strict'
import { test } from 'node:test'
import { changesTo, pm2App, type Running } from './converge.ts'
import type { ProcessDefinition } from './process.ts'

const definition = (name: string, env: Record<string, string> = {}): ProcessDefinition => ({
  name,
  command: '/bin/true',
  args: [],
  cwd: '/',
  env,
  ports: [],
  killTimeoutMs: 1_000,
})

const running = (name: string, status = 'online'): Running => ({
  name,
  status,
  pid: 1,
  restarts: 0,
  startedAt: 0,
})

const names = ({ end, start }: ReturnType<typeof changesTo>) => ({
  end,
  start: start.map(({ name }) => name),
})

test('what already runs as defined is left alone', () => {
  const both = [definition('order'), definition('payment')]
  const changes = changesTo(both, [running('order'), running('payment')], both)
  assert.deepEqual(names(changes), { end: [], start: [] })
})

test('what does not run is started, without ending what is not there', () => {
  assert.deepEqual(names(changesTo([definition('order')], [], [])), { end: [], start: ['order'] })
})

test('a process whose environment changed is ended and started again', () => {
  const before = [definition('order', { PORT: '3001' })]
  const after = [definition('order', { PORT: '3002' })]
  const changes = changesTo(after, [running('order')], before)
  assert.deepEqual(names(changes), { end: ['order'], start: ['order'] })
})

test('a process that stopped or gave up is started again', () => {
  for (const status of ['stopped', 'errored', 'waiting restart']) {
    const wanted = [definition('order')]
    const changes = changesTo(wanted, [running('order', status)], wanted)
    assert.deepEqual(names(changes), { end: ['order'], start: ['order'] })
  }
})

test('an instance that is no longer wanted ends, and nobody else', () => {
  const before = [definition('order'), definition('order-2')]
  const known = [running('order'), running('order-2'), running('postgres')]
  const changes = changesTo([definition('order')], known, before)
  assert.deepEqual(names(changes), { end: ['order-2'], start: [] })
})

test('both output streams go to one log file', () => {
  const app = pm2App(definition('order'), '/logs/order.log')
  assert.equal(app.out_file, '/logs/order.log')
  assert.equal(app.error_file, '/logs/order.log')
})
