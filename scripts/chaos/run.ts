import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { commandOf, contentOf } from '../../deploy/host/proc.ts'
import { installMissing } from '../install-missing.ts'
import { machine } from '../machine.ts'
import { script } from '../report.ts'
import { endPlatform, profile } from './platform.ts'

/**
 * Runs a campaign alone on this checkout's chaos platform, and ends the platform whatever happens. What a
 * red verdict is about is left in `.restofy/chaos`; `KEEP=1` leaves everything running. `asked` reads what
 * the campaign is to be, and throws where that cannot be, before anything is touched. Exit 1 unless the
 * campaign is content, 130 when it is interrupted.
 */
export const runChaos = (asked: () => () => Promise<void>): Promise<void> =>
  script(profile, async () => {
    const startedAt = performance.now()
    const campaign = asked()
    await installMissing()
    const release = holdPlatform(`${profile.dir}.pid`)
    endWhenInterrupted()
    let fine = false
    try {
      await campaign()
      fine = true
    } finally {
      if (process.env.KEEP !== '1') await endPlatform(fine)
      release()
    }
    console.log(`in ${Math.round((performance.now() - startedAt) / 1_000)} s; ${machine()}`)
  })

/**
 * Two at once would end each other's platform. Returns what lets the next one in; a process that died
 * without calling it is in nobody's way, nor is a stranger that has its pid now. Throws when `file`
 * belongs to a live campaign.
 */
export function holdPlatform(file: string): () => void {
  const holder = Number(contentOf(file))
  if (commandOf(holder).includes('scripts/chaos')) {
    throw new Error(
      `another make chaos (pid ${holder}) runs in this checkout: wait until it is over, or end it with kill ${holder}`,
    )
  }
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, String(process.pid))
  return () => rmSync(file, { force: true })
}

function endWhenInterrupted(): void {
  let interrupted = false
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      // A terminal tells everybody in front of it, and a parent may pass it on once more.
      if (interrupted) return
      interrupted = true
      endPlatform(false).finally(() => process.exit(130))
    })
  }
}
