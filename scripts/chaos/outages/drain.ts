import { setTimeout as sleep } from 'node:timers/promises'
import { readOutboxes } from '../../verify/read.ts'
import type { Figures, Scene } from './outage.ts'

const PATIENCE_MS = 90_000

/** Heals, and then measures until nothing is left in any outbox of what was there before. */
export async function drainOutboxes(scene: Scene, heal: () => Promise<unknown>): Promise<Figures> {
  const ids = async () => new Set((await readOutboxes(scene)).map(({ id }) => id))
  const left = await ids()
  const outbox = left.size
  scene.history.tell({ op: 'heal', outbox })
  await heal()
  const healedAt = Date.now()
  while (left.size > 0 && Date.now() - healedAt < PATIENCE_MS) {
    const now = await ids()
    for (const id of left) if (!now.has(id)) left.delete(id)
    await sleep(100)
  }
  return { outbox, outboxDrainedMs: Date.now() - healedAt }
}
