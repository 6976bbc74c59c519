import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { type TestContext, test } from 'node:test'
import { type Cache, cacheAside } from './cache.ts'
import { connectRedis } from './redis.ts'
import { eventually, silentLog } from './testing.ts'
import { ownRedis, testRedis } from './testing-redis.ts'

const MENU = { items: [{ name: 'Margherita', price: 9.5 }, { name: 'Tiramisù' }] }
const never = async () => assert.fail('it was loaded')

/** A cache of its own, and another process's view of the same. */
async function start(t: TestContext) {
  const name = `test-${randomUUID()}`
  const [redis, other] = await Promise.all([testRedis(t), testRedis(t)])
  const ttl = (id: string) => redis.ttl(`cache:${name}:${id}`)
  return { here: cacheAside(name, redis, () => 1), there: cacheAside(name, other), ttl }
}

/** A read whose query is under way, and answers when told to. */
async function slowRead(cache: Cache) {
  const query = Promise.withResolvers<object>()
  const reached = Promise.withResolvers<void>()
  const read = cache.read('roma', () => {
    reached.resolve()
    return query.promise
  })
  await reached.promise
  return { read, answers: query.resolve }
}

const json = (answer: { bytes: Buffer } | undefined) => answer && JSON.parse(String(answer.bytes))

test('what was loaded once is answered as the same bytes, in every process', async (t) => {
  const { here, there, ttl } = await start(t)

  const loaded = await here.read('roma', async () => MENU)

  assert.deepEqual(json(loaded), MENU)
  assert.deepEqual(await here.read('roma', never), loaded)
  assert.deepEqual(await there.read('roma', never), loaded)
  const secs = await ttl('roma')
  assert.ok(secs > 325 && secs <= 330, `${secs} s: 300 and all of the jitter`)
})

test('five hundred who ask for one thing at once cause one load', async (t) => {
  const { here } = await start(t)
  let loads = 0
  const load = async () => {
    loads++
    return MENU
  }
  const all = await Promise.all(Array.from({ length: 500 }, () => here.read('roma', load)))
  assert.equal(loads, 1)
  assert.equal(new Set(all.map((one) => one?.etag)).size, 1)
})

test('what is forgotten is loaded again', async (t) => {
  const { here, there } = await start(t)
  await here.read('roma', async () => MENU)

  await there.forget('roma')

  const changed = await here.read('roma', async () => ({ items: [] }))
  assert.deepEqual(json(changed), { items: [] })
})

test('what was read before a write is not stored after it', async (t) => {
  const { here, there } = await start(t)
  const slow = await slowRead(here)

  await there.forget('roma') // The write commits and invalidates meanwhile.
  slow.answers({ items: ['as before the write'] })

  assert.deepEqual(json(await slow.read), { items: ['as before the write'] })
  assert.deepEqual(json(await there.read('roma', async () => MENU)), MENU)
  assert.deepEqual(json(await here.read('roma', never)), MENU)
})

test('who asks after a write does not share the look of who asked before it', async (t) => {
  const { here } = await start(t)
  const slow = await slowRead(here)

  await here.forget('roma')

  assert.deepEqual(json(await here.read('roma', async () => MENU)), MENU)
  slow.answers({ items: ['as before the write'] })
  await slow.read
  assert.deepEqual(json(await here.read('roma', never)), MENU)
})

test('that there is no such thing is remembered for seconds only', async (t) => {
  const { here, there, ttl } = await start(t)
  assert.equal(await here.read('nowhere', async () => undefined), undefined)
  assert.equal(await there.read('nowhere', never), undefined)
  const secs = await ttl('nowhere')
  assert.ok(secs > 0 && secs <= 5, `${secs} s`)
})

test('a failed load is the reader’s to know, and the next one loads again', async (t) => {
  const { here } = await start(t)
  await assert.rejects(
    here.read('roma', () => Promise.reject(new Error('the database is away'))),
    /the database is away/,
  )
  assert.deepEqual(json(await here.read('roma', async () => MENU)), MENU)
})

test('a redis that hangs, is killed or was emptied costs time and no answer', async (t) => {
  const server = await ownRedis(t)
  const redis = connectRedis(server.url, silentLog)
  t.after(() => redis.disconnect())
  await eventually(async () => redis.status === 'ready')
  const cache = cacheAside('test', redis)
  const read = async () => json(await cache.read('roma', async () => MENU))
  await read()

  server.signal('SIGSTOP')
  for (let i = 0; i < 20; i++) assert.deepEqual(await read(), MENU)
  await assert.rejects(cache.forget('roma'))
  server.signal('SIGCONT')
  await eventually(async () => redis.status === 'ready')

  await redis.flushall()
  assert.deepEqual(await read(), MENU)
  await server.kill()
  for (let i = 0; i < 20; i++) assert.deepEqual(await read(), MENU)
  await server.start()
  await eventually(async () => redis.status === 'ready')
  assert.deepEqual(await read(), MENU)
  assert.equal(await redis.exists('cache:test:roma'), 1)
})
