import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { isAbsolute, join, resolve } from 'node:path'

/** One host-mode installation: where its data lives and how far its ports are shifted. */
export type Profile = {
  /** Absolute. Everything this installation writes is below it. */
  dir: string
  offset: number
}

export const ROOT = resolve(import.meta.dirname, '../..')

type Environment = Record<string, string | undefined>

/** What `make up` uses; PORT_OFFSET moves every port, and is remembered for the commands after it. */
export function hostProfile({ PORT_OFFSET, RESTOFY_DIR = '.restofy' }: Environment): Profile {
  const dir = isAbsolute(RESTOFY_DIR) ? RESTOFY_DIR : join(ROOT, RESTOFY_DIR)
  const offset = Number(PORT_OFFSET || rememberedOffset(dir))
  if (!Number.isInteger(offset) || offset < 0 || offset > 45_000) {
    throw new Error(`PORT_OFFSET must be a whole number from 0 to 45000, not ${PORT_OFFSET}`)
  }
  return { dir, offset }
}

const offsetFile = (dir: string) => join(dir, 'port-offset')

const rememberedOffset = (dir: string): string =>
  existsSync(offsetFile(dir)) ? readFileSync(offsetFile(dir), 'utf8') : '0'

export function rememberOffset({ dir, offset }: Profile): void {
  mkdirSync(dir, { recursive: true })
  writeFileSync(offsetFile(dir), String(offset))
}

/** What `make chaos` breaks: an installation of its own, so that it never meets a running `make up`. */
export const chaosProfile: Profile = hostProfile({
  RESTOFY_DIR: '.restofy/chaos',
  PORT_OFFSET: process.env.CHAOS_PORT_OFFSET || '12000',
})

/**
 * What `make test` uses, so that it never meets a running `make up`. All ports stay below 32768.
 * TEST_PORT_OFFSET moves them when two checkouts are tested at once.
 */
export const testProfile: Profile = hostProfile({
  RESTOFY_DIR: '.restofy/test',
  PORT_OFFSET: process.env.TEST_PORT_OFFSET || '10000',
})
