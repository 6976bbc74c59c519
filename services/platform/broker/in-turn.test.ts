import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { inTurn } from './in-turn.ts'

test('work of one key runs in its order, one at a time, whatever fails and whoever waits', async () => {
  const job = fc.record({ key: fc.constantFrom('a', 'b', 'c'), fails: fc.boolean() })
  await fc.assert(
    fc.asyncProperty(fc.array(job, { maxLength: 30 }), fc.scheduler(), async (jobs, s) => {
      const turns = inTurn()
      const running = new Map<string, number>()
      const order = new Map<string, number[]>()
      const works = jobs.map(({ key, fails }, i) =>
        turns(key, async () => {
          running.set(key, (running.get(key) ?? 0) + 1)
          assert.equal(running.get(key), 1)
          order.set(key, [...(order.get(key) ?? []), i])
          await s.schedule(Promise.resolve())
          running.set(key, 0)
          if (fails) throw new Error('failed')
        }),
      )
      const settled = Promise.allSettled(works)
      await s.waitFor(settled)
      const outcomes = (await settled).map(({ status }) => status === 'rejected')
      assert.deepEqual(
        outcomes,
        jobs.map(({ fails }) => fails),
      )
      for (const numbers of order.values()) {
        assert.deepEqual(
          numbers,
          numbers.toSorted((a, b) => a - b),
        )
      }
    }),
    { numRuns: 50 },
  )
})

test('a key that waits does not hold up another', async () => {
  const turns = inTurn()
  const open = Promise.withResolvers<void>()
  const slow = turns('slow', () => open.promise)
  await turns('other', async () => {})
  open.resolve()
  await slow
})
