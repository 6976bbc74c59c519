export type Tags = Readonly<Record<string, string>>

export type ReleaseDeps = {
  /** The tags that run now; undefined where nothing runs yet. */
  running: () => Promise<Tags | undefined>
  up: (tags: Tags) => Promise<void>
  /** Throws when an objective is missed. */
  smoke: () => Promise<void>
}

/** Deploys, and goes back to what ran before when it does not come up or misses an objective. */
export async function release(tags: Tags, { running, up, smoke }: ReleaseDeps): Promise<void> {
  const before = await running()
  try {
    await up(tags)
    await smoke()
  } catch (cause) {
    const { message } = cause as Error
    if (!before) throw new Error(`${message}; nothing ran before, so this stays`, { cause })
    await up(before)
    throw new Error(`${message}; went back to what ran before`, { cause })
  }
}
