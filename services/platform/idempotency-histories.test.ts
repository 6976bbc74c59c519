import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { type TestContext, test } from 'node:test'
import { type Response, Router } from 'express'
import fc from 'fast-check'
import { Pool } from 'undici'
import { httpApp } from './http/app.ts'
import { idempotent, newResourceId } from './idempotency.ts'
import { createPool } from './sql.ts'
import { serve, silentLog, testDatabase } from './testing.ts'

/**
 * What becomes of a run: it dies before its thing is there, or after; it fails; its answer is kept and
 * does not arrive; or it stands still for so long that another one has taken its key by then.
 */
const ENDS = ['dies before', 'dies after', 'fails', 'unheard', 'sleeps before', 'sleeps after']
type End = (typeof ENDS)[number]

/** Copies of one request at once, and how the first of their runs end; the others end well. */
type Act = { copies: number; key: number; body: number; ends: readonly End[] }

const act: fc.Arbitrary<Act> = fc.record({
  copies: fc.oneof(
    { weight: 8, arbitrary: fc.integer({ min: 1, max: 3 }) },
    { weight: 1, arbitrary: fc.integer({ min: 4, max: 16 }) },
  ),
  key: fc.nat(1),
  body: fc.nat(1),
  ends: fc.array(fc.constantFrom(...ENDS), { maxLength: 2 }),
})

/** A route that makes one thing, and ends as told. */
async function start(t: TestContext) {
  const { databaseUrl } = await testDatabase(t)
  // Nobody pulls the plug here: ten thousands of commits need not wait for the disk.
  const pool = createPool(`${databaseUrl}?options=-c%20synchronous_commit%3Doff`, silentLog)
  t.after(() => pool.end())
  const things = new Set<string>()
  const ends: End[] = []
  const sleepers: (() => void)[] = []
  let open = 0
  let isQuiet = () => {}
  const look = () => open === sleepers.length && isQuiet()
  const sleep = () =>
    new Promise<void>((wake) => {
      sleepers.push(wake)
      look()
    })
  const routes = Router()
  routes.use(idempotent(pool, silentLog, 'pepper'))
  routes.post('/things', async (_req, res) => {
    const id = newResourceId(res)
    const end = ends.shift() ?? 'answers'
    if (end === 'sleeps before') await sleep()
    if (end === 'dies before') return void res.destroy()
    // As an insert with `on conflict do nothing`: the same id is the same thing.
    things.add(id)
    if (end === 'dies after') return void res.destroy()
    if (end === 'sleeps after') await sleep()
    if (end === 'fails') throw new Error('no answer to COMMIT')
    if (end === 'unheard') loseAnswer(res)
    res.status(201).json({ id, answer: randomUUID() })
  })
  const url = await serve(t, httpApp(silentLog, [routes]))
  const client = new Pool(url, { connections: 32 })
  t.after(() => client.destroy())
  const post = async (key: string, body: number) => {
    open++
    try {
      const answer = await client.request({
        ...{ method: 'POST', path: '/things', body: JSON.stringify({ body }) },
        headers: { 'content-type': 'application/json', 'idempotency-key': key },
      })
      return { status: answer.statusCode, text: await answer.body.text() }
    } catch {
      return undefined
    } finally {
      open--
      look()
    }
  }
  return {
    ...{ things, ends, post },
    /** Everybody has been answered but those who sleep. */
    quiet: () =>
      new Promise<void>((resolve) => {
        isQuiet = resolve
        look()
      }),
    wake: () => sleepers.splice(0).forEach((wake) => void wake()),
    locksRunOut: (keys: readonly string[]) =>
      pool.query(
        `update idempotency_keys set locked_until = '-infinity'
         where principal = 'anonymous' and key = any($1) and status is null`,
        [keys],
      ),
  }
}

/** Cut when it is about to leave, which is after it has been kept. */
function loseAnswer(res: Response): void {
  res.writeHead = () => {
    res.destroy()
    return res
  }
}

test('whatever is sent at once, repeated, killed and late: one thing per key, one answer, one body', async (t) => {
  const { things, ends, post, quiet, wake, locksRunOut } = await start(t)
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 1, maxLength: 3 }), async (acts) => {
      things.clear()
      const prefix = randomUUID()
      const owners = new Map<number, number>()
      const texts = new Map<number, Set<string>>()
      const check = async (key: number, body: number) => {
        const answer = await post(`${prefix}-${key}`, body)
        if (!answer) return // its run was killed
        const allowed = body === owners.get(key) ? [201, 409, 500] : [422]
        assert.ok(allowed.includes(answer.status), `${answer.status} ${answer.text}`)
        if (answer.status === 201) texts.set(key, (texts.get(key) ?? new Set()).add(answer.text))
      }
      const all: Promise<void>[] = []
      for (const { copies, key, body, ends: planned } of acts) {
        ends.splice(0, Infinity, ...planned)
        if (!owners.has(key)) owners.set(key, body)
        for (let copy = 0; copy < copies; copy++) all.push(check(key, body))
        await quiet()
        await locksRunOut([0, 1].map((key) => `${prefix}-${key}`))
      }
      ends.length = 0
      // Whoever repeats once more gets the one answer there is, and so do those who wake up now.
      for (const [key, owner] of owners) await check(key, owner)
      wake()
      await Promise.all(all)
      for (const [key] of owners) assert.equal(texts.get(key)?.size, 1, 'answers to one key')
      assert.equal(things.size, owners.size)
    }),
    { numRuns: 2_000 },
  )
})
