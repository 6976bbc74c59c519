import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Makes one call of many: what is asked for while a call is under way, or within the pause before
 * it, goes together into the next. A failed call fails for all of its askers.
 */
export function batched<Item, Result>(
  pauseMs: number,
  work: (items: readonly Item[]) => Promise<(item: Item) => Result>,
): (item: Item) => Promise<Result> {
  type Asker = { item: Item; resolve: (result: Result) => void; reject: (error: unknown) => void }
  let waiting: Asker[] = []
  let running = false

  async function drain(): Promise<void> {
    running = true
    while (waiting.length > 0) {
      await sleep(pauseMs)
      const batch = waiting
      waiting = []
      try {
        const resultOf = await work(batch.map(({ item }) => item))
        for (const { item, resolve } of batch) resolve(resultOf(item))
      } catch (error) {
        for (const { reject } of batch) reject(error)
      }
    }
    running = false
  }

  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject })
      if (!running) void drain()
    })
}
