import type { ServiceManifest } from '../manifest.ts'
import { ConfigError } from './config.ts'

/** A mistake in the environment is one clear message and exit code 78, not a stack trace. */
export async function orExit<T>({ name }: ServiceManifest, read: () => T | Promise<T>): Promise<T> {
  try {
    return await read()
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    process.stderr.write(`${name} cannot start: ${error.message}\n`)
    process.exit(78) // EX_CONFIG
  }
}

/** Stops at the first of these signals; the ones after it change nothing. */
export function onceEach(signals: NodeJS.Signals[], stop: (signal: string) => Promise<void>): void {
  let stopping = false
  for (const signal of signals) {
    process.on(signal, () => {
      if (stopping) return
      stopping = true
      stop(signal).catch((error) => {
        process.stderr.write(`${String(error)}\n`)
        process.exit(1)
      })
    })
  }
}
