import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { connectRedis } from './redis.ts'
import { eventually, silentLog } from './testing.ts'
import { ownRedis } from './testing-redis.ts'

async function start(t: TestContext) {
  const server = await ownRedis(t)
  const redis = connectRedis(server.url, silentLog)
  t.after(() => redis.disconnect())
  await eventually(async () => redis.status === 'ready')
  return { server, redis }
}

/** How long a command took to fail. */
async function failsAfter(work: Promise<unknown>): Promise<number> {
  const started = performance.now()
  await assert.rejects(work)
  return performance.now() - started
}

test('a redis that is gone fails commands at once, and serves again when it is back', async (t) => {
  const { server, redis } = await start(t)
  await redis.set('dish', 'Margherita')

  await server.kill()
  await eventually(async () => redis.status !== 'ready')
  for (let i = 0; i < 20; i++) assert.ok((await failsAfter(redis.get('dish'))) < 50)

  await server.start()
  assert.equal(await eventually(() => redis.set('dish', 'Diavola')), 'OK')
})

test('a redis that hangs is waited for once, then commands fail at once', async (t) => {
  const { server, redis } = await start(t)

  server.signal('SIGSTOP')
  const first = await Promise.all(Array.from({ length: 50 }, () => failsAfter(redis.get('dish'))))
  assert.ok(Math.max(...first) < 1_000, `${Math.max(...first)} ms`)
  for (let i = 0; i < 50; i++) assert.ok((await failsAfter(redis.get('dish'))) < 50)

  server.signal('SIGCONT')
  assert.equal(await eventually(() => redis.set('dish', 'Diavola')), 'OK')
})

test('a redis that is absent at the start is connected to when it comes', async (t) => {
  const server = await ownRedis(t)
  await server.kill()
  const redis = connectRedis(server.url, silentLog)
  t.after(() => redis.disconnect())
  await assert.rejects(redis.get('dish'))
  await server.start()
  assert.equal(await eventually(() => redis.set('dish', 'Diavola')), 'OK')
})
