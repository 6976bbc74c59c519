import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { type TestContext, test } from 'node:test'
import { connectRedis } from './redis.ts'
import { type ScopedCache, scopedCache } from './scoped-cache.ts'
import { eventually, silentLog } from './testing.ts'
import { ownRedis, testRedis } from './testing-redis.ts'

const never = async () => assert.fail('it was loaded')
const json = ({ bytes }: { bytes: Buffer }) => JSON.parse(String(bytes))

/** Two processes' views of one cache. */
async function start(t: TestContext, url?: string) {
  const name = `test-${randomUUID()}`
  const [redis, other] = await Promise.all([testRedis(t, url), testRedis(t, url)])
  const [here, there] = [scopedCache(name, redis), scopedCache(name, other)]
  await inUse(here)
  await inUse(there)
  return { here, there, redis, other, name }
}

/** Nothing is kept before all that was has been forgotten. */
const inUse = (cache: ScopedCache) =>
  eventually(async () => {
    const { load, loads } = counted([])
    const id = randomUUID()
    for (let i = 0; i < 2; i++) await cache.read('nobody', id, load)
    return loads() === 1
  })

function counted(answer: object) {
  let loads = 0
  const load = async () => {
    loads++
    return answer
  }
  return { load, loads: () => loads }
}

const answer =
  (...items: string[]) =>
  async () =>
    items

test('what was loaded once is answered as the same bytes, in every process', async (t) => {
  const { here, there, redis, name } = await start(t)
  const loaded = await here.read('anna', 'page 1', answer('pizza'))

  assert.deepEqual(json(loaded), ['pizza'])
  assert.deepEqual(await here.read('anna', 'page 1', never), loaded)
  assert.deepEqual(await there.read('anna', 'page 1', never), loaded)
  for (const key of await redis.keys(`cache:${name}:of:anna*`)) {
    const secs = await redis.ttl(key)
    assert.ok(secs > 265 && secs <= 330, `${key}: ${secs} s`)
  }
})

test('a scope is forgotten with all that belongs to it, and nothing else is', async (t) => {
  const { here, there } = await start(t)
  const pages = async (scope: string, load: () => Promise<object>) =>
    json(await here.read(scope, '1', load)).concat(json(await here.read(scope, '2', load)))
  for (const scope of ['anna', 'ben', 'carl']) await pages(scope, answer('before'))

  await there.forget('anna', 'ben')
  for (const scope of ['anna', 'ben'])
    assert.deepEqual(await pages(scope, answer('after')), ['after', 'after'])
  assert.deepEqual(await pages('carl', never), ['before', 'before'])

  await there.forgetAll()
  assert.deepEqual(await pages('carl', answer('after')), ['after', 'after'])
})

test('what was read before a change is neither kept after it, nor shared with who asks after it', async (t) => {
  const { here, there } = await start(t)
  const query = Promise.withResolvers<object>()
  const reached = Promise.withResolvers<void>()
  const slow = here.read('anna', '1', () => {
    reached.resolve()
    return query.promise
  })
  await reached.promise

  await there.forget('anna') // The change commits meanwhile.
  assert.deepEqual(json(await here.read('anna', '1', answer('after'))), ['after'])
  query.resolve(['before'])

  assert.deepEqual(json(await slow), ['before'])
  assert.deepEqual(json(await here.read('anna', '1', answer('after'))), ['after'])
})

test('five hundred who ask for one thing at once cause one load, after a change as well', async (t) => {
  const { here } = await start(t)
  const { load, loads } = counted(['pizza'])
  const ask = () => Promise.all(Array.from({ length: 500 }, () => here.read('anna', '1', load)))

  await ask()
  assert.equal(loads(), 1)
  await here.forget('anna')
  await ask()
  assert.equal(loads(), 2)
})

test('without redis five hundred who ask for one thing at once cause two loads', async (t) => {
  const { here, redis } = await start(t)
  const { load, loads } = counted(['pizza'])
  redis.disconnect()
  await once(redis, 'end')
  await Promise.all(Array.from({ length: 500 }, () => here.read('anna', '1', load)))
  assert.equal(loads(), 2)
})

test('a failed load is the reader’s to know, and the next one loads again', async (t) => {
  const { here } = await start(t)
  const away = () => Promise.reject(new Error('the database is away'))
  await assert.rejects(here.read('anna', '1', away), /the database is away/)
  assert.deepEqual(json(await here.read('anna', '1', answer('pizza'))), ['pizza'])
})

test('what a process could not have forgotten is forgotten once it is connected again', async (t) => {
  const { here, there, other } = await start(t)
  await here.read('anna', '1', answer('before'))

  other.disconnect()
  await there.forget('anna')
  assert.deepEqual(json(await here.read('anna', '1', never)), ['before'])
  await other.connect()
  await inUse(there)

  assert.deepEqual(json(await here.read('anna', '1', answer('after'))), ['after'])
})

test('a redis that comes back as it was some time ago answers nothing of then', async (t) => {
  const { here, redis, other, name } = await start(t)
  await here.read('anna', '1', answer('before'))
  const kept = ['epoch', 'of:anna', 'of:anna:1'].map((key) => `cache:${name}:${key}`)
  const then = await other.mgetBuffer(kept)
  await here.forget('anna')

  redis.disconnect()
  await once(redis, 'end')
  await other.mset(new Map(kept.map((key, i) => [key, then[i]!])))
  await redis.connect()
  await inUse(here)

  assert.deepEqual(json(await here.read('anna', '1', answer('after'))), ['after'])
})

test('a redis that hangs, is killed or was emptied costs time and no answer, and never answers what is old', async (t) => {
  const server = await ownRedis(t)
  const { here, redis } = await start(t, server.url)
  let now = 0
  const read = async () => json(await here.read('anna', '1', async () => [now]))
  const change = async () => {
    now++
    await here.forget('anna')
  }
  const seesEachChange = async () => {
    for (let i = 0; i < 10; i++) {
      await change()
      assert.deepEqual(await read(), [now])
    }
  }
  await seesEachChange()

  server.signal('SIGSTOP')
  // What it is told before the connection is given up it hears in the end; not what comes after.
  await here.forget('nobody')
  await seesEachChange()
  server.signal('SIGCONT')
  await eventually(async () => redis.status === 'ready')
  assert.deepEqual(await read(), [now])
  await inUse(here)

  await redis.flushall()
  await seesEachChange()
  await server.kill()
  await seesEachChange()
  await server.start()
  await eventually(async () => redis.status === 'ready')
  await inUse(here)
  await seesEachChange()
})

test('a redis that refuses to forget is not asked until it does', async (t) => {
  const server = await ownRedis(t)
  const { here, redis } = await start(t, server.url)
  await here.read('anna', '1', answer('before'))
  const operator = connectRedis(server.url, silentLog)
  t.after(() => operator.disconnect())
  await eventually(async () => operator.status === 'ready')

  // As a primary answers that has become a replica.
  await operator.acl('SETUSER', 'default', '-del')
  await here.forget('anna')
  assert.deepEqual(json(await here.read('anna', '1', answer('after'))), ['after'])
  await operator.acl('SETUSER', 'default', '+del')
  await inUse(here)

  assert.equal(redis.status, 'ready')
  assert.deepEqual(json(await here.read('anna', '1', answer('after'))), ['after'])
})
