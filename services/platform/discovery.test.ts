import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { instancesOf } from './discovery.ts'
import { eventually } from './testing.ts'

/** One server on every loopback address: the address says which instance was asked. */
async function start(t: TestContext) {
  const seen: string[] = []
  const server = createServer((req, res) => {
    seen.push(req.socket.localAddress!)
    res.end()
  })
  await new Promise<void>((done) => server.listen(0, '0.0.0.0', done))
  t.after(() => server.close())
  return { seen, origin: `http://shop:${(server.address() as AddressInfo).port}` }
}

test('requests go round over all addresses behind a name', async (t) => {
  const { seen, origin } = await start(t)
  const instances = instancesOf([origin], {}, async () => ['127.0.0.2', '127.0.0.3', '127.0.0.4'])
  t.after(() => instances.close())
  await eventually(async () => /127/.test(urlOf(instances.next())))

  for (let n = 0; n < 30; n += 1) await get(instances)

  const share = (address: string) => seen.filter((one) => one === address).length
  assert.deepEqual(['127.0.0.2', '127.0.0.3', '127.0.0.4'].map(share), [10, 10, 10])
})

test('an instance that joins gets requests, one that leaves gets no more', async (t) => {
  const { seen, origin } = await start(t)
  let known = ['127.0.0.2']
  const instances = instancesOf([origin], {}, async () => known)
  t.after(() => instances.close())
  await eventually(async () => /127\.0\.0\.2/.test(urlOf(instances.next())))
  await get(instances)

  known = ['127.0.0.3']
  await eventually(async () => /127\.0\.0\.3/.test(urlOf(instances.next())))
  await get(instances)

  assert.deepEqual(seen, ['127.0.0.2', '127.0.0.3'])
})

test('when DNS does not answer, everybody stays where they were', async (t) => {
  const { seen, origin } = await start(t)
  let asked = 0
  const instances = instancesOf([origin], {}, async () => {
    asked += 1
    if (asked > 1) throw new Error('no answer')
    return ['127.0.0.2']
  })
  t.after(() => instances.close())
  await eventually(async () => asked > 2)
  await get(instances)
  assert.deepEqual(seen, ['127.0.0.2'])
})

type Instances = ReturnType<typeof instancesOf>

async function get(instances: Instances): Promise<void> {
  const { body } = await instances.next().request({ path: '/', method: 'GET' })
  await body.dump()
}

/** Undici keeps it under a symbol only. */
function urlOf(pool: object): string {
  const symbol = Object.getOwnPropertySymbols(pool).find((one) => one.description === 'url')!
  return String((pool as Record<symbol, unknown>)[symbol])
}
