import { isAbsolute, join, resolve } from 'node:path'

/** One host-mode installation: where its data lives and how far its ports are shifted. */
export type Profile = {
  /** Absolute. Everything this installation writes is below it. */
  dir: string
  offset: number
}

export const ROOT = resolve(import.meta.dirname, '../..')

type Environment = Record<string, string | undefined>

/** What `make up` uses; PORT_OFFSET moves every port when one of them is taken. */
export function hostProfile({ PORT_OFFSET, RESTOFY_DIR }: Environment): Profile {
  const offset = Number(PORT_OFFSET ?? 0)
  if (!Number.isInteger(offset) || offset < 0 || offset > 45_000) {
    throw new Error(`PORT_OFFSET must be a whole number from 0 to 45000, not ${PORT_OFFSET}`)
  }
  const dir = RESTOFY_DIR ?? '.restofy'
  return { dir: isAbsolute(dir) ? dir : join(ROOT, dir), offset }
}

/** What `make test` uses, so that it never meets a running `make up`. All ports stay below 32768. */
export const testProfile: Profile = { dir: join(ROOT, '.restofy/test'), offset: 10_000 }
