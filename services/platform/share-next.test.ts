import assert from 'node:assert/strict'
import { test } from 'node:test'
import { shareNext } from './share-next.ts'

/** A shelf of one number, read as slowly as one likes. */
function start() {
  const share = shareNext<number>()
  const shelf = { value: 0, loads: 0 }
  const gates: PromiseWithResolvers<void>[] = []
  const read = () =>
    share('shelf', async () => {
      shelf.loads++
      const { value } = shelf
      const gate = Promise.withResolvers<void>()
      gates.push(gate)
      await gate.promise
      return value
    })
  const settled = () => new Promise((resolve) => setImmediate(resolve))
  return { share, shelf, gates, read, settled }
}

test('who asks while something is loaded gets what was read after they asked, and all of them the same', async () => {
  const { shelf, gates, read, settled } = start()
  const first = read()
  shelf.value = 1
  const later = Array.from({ length: 500 }, read)

  gates[0]!.resolve()
  assert.equal(await first, 0)
  await settled()
  shelf.value = 2
  const last = read()
  gates[1]!.resolve()
  assert.deepEqual(new Set(await Promise.all(later)), new Set([1]))
  await settled()
  gates[2]!.resolve()

  assert.equal(await last, 2)
  assert.equal(shelf.loads, 3)
})

test('a load that fails fails for those who shared it, and for nobody after them', async () => {
  const { share, gates, read, settled } = start()
  const failing = () => share('shelf', () => Promise.reject(new Error('away')))
  const [first, second] = [failing(), read()]
  await assert.rejects(first, /away/)
  await settled()
  gates[0]!.resolve()
  assert.equal(await second, 0)
  await assert.rejects(failing(), /away/)
})

test('different things do not wait for each other', async () => {
  const { share, gates, read } = start()
  const slow = read()
  assert.equal(await share('another', async () => 7), 7)
  gates[0]!.resolve()
  assert.equal(await slow, 0)
})
