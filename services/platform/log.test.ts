import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inContext } from './context.ts'
import { createLog } from './log.ts'

const CANARY = 'canary-7f3a'

/** A log, and the lines it wrote. */
function start(level = 'info') {
  const lines: string[] = []
  const log = createLog({ service: 'test', level }, { write: (line) => void lines.push(line) })
  return { log, lines, last: () => JSON.parse(lines.at(-1)!) }
}

test('a secret is never printed, wherever it stands in what is logged', () => {
  const { log, lines } = start()
  for (const name of [
    'password',
    'token',
    'accessToken',
    'refreshToken',
    'authorization',
    'cookie',
  ]) {
    const secret = { [name]: CANARY, kept: 1 }
    log.info(secret, 'at the top')
    log.info({ user: secret }, 'below')
    log.info({ req: { headers: secret } }, 'below that')
    log.info({ items: [secret, { inner: secret }] }, 'in a list')
    log.error({ err: Object.assign(new Error('failed'), secret) }, 'on an error')
    log.error({ err: Object.assign(new Error('failed'), { request: { headers: secret } }) }, 'deep')
    log.error(Object.assign(new Error('failed'), secret), 'an error by itself')
  }
  assert.equal(lines.length, 6 * 7)
  for (const line of lines) {
    assert.doesNotMatch(line, new RegExp(CANARY))
    assert.match(line, /\[redacted\]/)
    assert.match(line, /"kept":1/)
  }
})

test('hiding a secret leaves the logged object as it was', () => {
  const { log } = start()
  const body = { user: { password: CANARY } }
  log.info({ body }, 'registered')
  assert.equal(body.user.password, CANARY)
})

test('a line says when, how bad, who and what', () => {
  const { log, last } = start()
  log.warn({ queue: 'q' }, 'message failed')
  const { time, ...rest } = last()
  assert.equal(new Date(time).toISOString(), time)
  assert.deepEqual(
    { level: rest.level, service: rest.service, msg: rest.msg, queue: rest.queue },
    { level: 'warn', service: 'test', msg: 'message failed', queue: 'q' },
  )
})

test('a line belongs to the request or message it was written for', async () => {
  const { log, last } = start()
  await inContext({ correlationId: 'c-1' }, async () => {
    await Promise.resolve()
    log.info('inside')
  })
  assert.equal(last().correlation_id, 'c-1')
  log.info('outside')
  assert.equal(last().correlation_id, undefined)
  assert.equal(last().trace_id, undefined)
})

test('an error is logged with its stack and its causes', () => {
  const { log, last } = start()
  log.error({ err: new Error('outer', { cause: new Error('inner') }) }, 'failed')
  const { err } = last()
  assert.match(err.message, /outer/)
  assert.match(err.stack, /inner/)
})

test('what is below the level is not written', () => {
  const { log, lines } = start('warn')
  log.info('not now')
  assert.equal(lines.length, 0)
})
