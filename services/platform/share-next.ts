type Load<T> = () => Promise<T>

/**
 * Loads each thing once at a time. Who asks while it is being loaded shares the next load with all who ask
 * meanwhile: nobody is answered with what was read before they asked.
 */
export function shareNext<T>(): (key: string, load: Load<T>) => Promise<T> {
  const running = new Map<string, Promise<T>>()
  const next = new Map<string, Promise<T>>()

  function run(key: string, load: Load<T>): Promise<T> {
    next.delete(key)
    const own = load().finally(() => {
      if (running.get(key) === own) running.delete(key)
    })
    running.set(key, own)
    return own
  }

  return (key, load) => {
    const before = running.get(key)
    if (!before) return run(key, load)
    const shared = next.get(key) ?? before.catch(() => {}).then(() => run(key, load))
    next.set(key, shared)
    return shared
  }
}
