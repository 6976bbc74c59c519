/** Runs work of the same key one after another and different keys side by side. */
export function inTurn(): (key: string, work: () => Promise<void>) => Promise<void> {
  const last = new Map<string, Promise<void>>()
  return (key, work) => {
    const before = last.get(key)
    const turn = before ? before.then(work, work) : work()
    last.set(key, turn)
    return turn.finally(() => {
      if (last.get(key) === turn) last.delete(key)
    })
  }
}
