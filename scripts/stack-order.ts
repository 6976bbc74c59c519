/** Stacks and what each of them needs first. */
export type Needs = ReadonlyMap<string, readonly string[]>

/** The other way round: what must be gone before each of them may go. */
export function reversed(needs: Needs): Needs {
  return new Map(
    Array.from(needs.keys(), (stack) => [
      stack,
      Array.from(needs).flatMap(([other, its]) => (its.includes(stack) ? [other] : [])),
    ]),
  )
}

/** Without the others: what they were needed for is somebody else's step. */
export function only(needs: Needs, wanted: (stack: string) => boolean): Needs {
  return new Map(
    Array.from(needs)
      .filter(([stack]) => wanted(stack))
      .map(([stack, its]) => [stack, its.filter(wanted)]),
  )
}

/**
 * Does the work for every stack, each after what it needs and at most `width` at a time. A stack that
 * fails stops those that need it, not the others; all failures are thrown together at the end.
 */
export async function inOrder(
  needs: Needs,
  width: number,
  work: (stack: string) => Promise<void>,
): Promise<void> {
  const waiting = new Set(needs.keys())
  const done = new Set<string>()
  const running = new Map<string, Promise<void>>()
  const failures: Error[] = []

  const start = (stack: string) => {
    waiting.delete(stack)
    const run = work(stack)
      .then(
        () => void done.add(stack),
        (cause) => void failures.push(new Error(`${stack}: ${cause.message}`, { cause })),
      )
      .then(() => void running.delete(stack))
    running.set(stack, run)
  }
  for (;;) {
    for (const stack of waiting) {
      if (running.size >= width) break
      if (needs.get(stack)!.every((other) => done.has(other))) start(stack)
    }
    if (running.size === 0) break
    await Promise.race(running.values())
  }
  if (failures.length > 0) throw new Error(failures.map(({ message }) => message).join('\n'))
  if (waiting.size > 0) throw new Error(`needed by each other: ${[...waiting].join(', ')}`)
}
