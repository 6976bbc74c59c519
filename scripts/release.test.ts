import assert from 'node:assert/strict'
import { test } from 'node:test'
import { release, type Tags } from './release.ts'

type World = { before?: Tags; comesUp?: boolean; keepsObjectives?: boolean }

async function deploy({ before, comesUp = true, keepsObjectives = true }: World) {
  const deployed: Tags[] = []
  const failure = await release(
    { order: 'new' },
    {
      running: async () => before,
      up: async (tags) => {
        deployed.push(tags)
        if (!comesUp && tags.order === 'new') throw new Error('order does not become ready')
      },
      smoke: async () => {
        if (!keepsObjectives) throw new Error('a threshold broke')
      },
    },
  ).then(
    () => undefined,
    (error: Error) => error.message,
  )
  return { deployed, failure }
}

test('a release that keeps its objectives stays', async () => {
  const { deployed, failure } = await deploy({ before: { order: 'old' } })
  assert.deepEqual([deployed, failure], [[{ order: 'new' }], undefined])
})

test('a release that misses an objective is taken back, and fails', async () => {
  const { deployed, failure } = await deploy({ before: { order: 'old' }, keepsObjectives: false })
  assert.deepEqual(deployed.at(-1), { order: 'old' })
  assert.equal(failure, 'a threshold broke; went back to what ran before')
})

test('a release that does not come up is taken back, and fails', async () => {
  const { deployed, failure } = await deploy({ before: { order: 'old' }, comesUp: false })
  assert.deepEqual(deployed.at(-1), { order: 'old' })
  assert.match(failure ?? '', /does not become ready; went back/)
})

test('the first release has nothing to go back to, and says so', async () => {
  const { deployed, failure } = await deploy({ keepsObjectives: false })
  assert.deepEqual(deployed, [{ order: 'new' }])
  assert.match(failure ?? '', /nothing ran before, so this stays/)
})
