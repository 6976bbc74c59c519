import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { type TestContext, test } from 'node:test'
import { Router } from 'express'
import fc from 'fast-check'
import { httpApp } from './http/app.ts'
import { idempotent, newResourceId } from './idempotency.ts'
import { request, serve, silentLog, testDatabase } from './testing.ts'

/** Copies of one request at once, some of whose runs die: before the thing is there, or after. */
type Act = { copies: number; key: number; body: number; dies: readonly ('before' | 'after')[] }

const act: fc.Arbitrary<Act> = fc.record({
  copies: fc.integer({ min: 1, max: 16 }),
  key: fc.nat(1),
  body: fc.nat(1),
  dies: fc.array(fc.constantFrom('before' as const, 'after' as const), { maxLength: 2 }),
})

async function start(t: TestContext) {
  const { pool } = await testDatabase(t)
  const things = new Set<string>()
  const deaths: ('before' | 'after')[] = []
  const routes = Router()
  routes.use(idempotent(pool, silentLog, 'pepper'))
  routes.post('/things', async (_req, res) => {
    const id = newResourceId(res)
    const death = deaths.pop()
    if (death === 'before') return void res.destroy()
    // As an insert with `on conflict do nothing`: the same id is the same thing.
    things.add(id)
    if (death === 'after') return void res.destroy()
    res.status(201).json({ id, things: randomUUID() })
  })
  const url = await serve(t, httpApp(silentLog, [routes]))
  const post = (key: string, body: number) =>
    request(`${url}/things`, { body: { body }, headers: { 'idempotency-key': key } }).catch(
      () => undefined,
    )
  const locksRunOut = () => pool.query(`update idempotency_keys set locked_until = '-infinity'`)
  return { things, deaths, post, locksRunOut }
}

test('whatever is sent at once, repeated and killed: one thing per key, one answer, one body', async (t) => {
  const { things, deaths, post, locksRunOut } = await start(t)
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 1, maxLength: 5 }), async (acts) => {
      things.clear()
      const prefix = randomUUID()
      const first = new Map<number, number>()
      const texts = new Map<number, Set<string>>()
      for (const { copies, key, body, dies } of acts) {
        deaths.splice(0, Infinity, ...dies)
        const owner = first.get(key) ?? body
        first.set(key, owner)
        const answers = await Promise.all(
          Array.from({ length: copies }, () => post(`${prefix}-${key}`, body)),
        )
        for (const answer of answers) {
          if (!answer) continue // its run was killed
          assert.ok(answer.status === (body === owner ? 201 : 422) || answer.status === 409)
          if (answer.status === 201) texts.set(key, (texts.get(key) ?? new Set()).add(answer.text))
        }
        deaths.length = 0
        await locksRunOut()
      }
      // Whoever repeats once more gets the one answer there is.
      for (const [key, owner] of first) {
        const { status, text } = (await post(`${prefix}-${key}`, owner))!
        assert.equal(status, 201)
        assert.equal((texts.get(key) ?? new Set()).add(text).size, 1)
      }
      assert.equal(things.size, first.size)
    }),
    { numRuns: 60 },
  )
})
