import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Witness } from '../verify/facts.ts'

/** How a wish ended: `refused` by an answer, `given up` after silence. */
export type Fate = { note: string; id?: string; fate: 'acknowledged' | 'refused' | 'given up' }

export type History = {
  file: string
  tell: (line: { op: string } & Record<string, unknown>) => void
}

/** One JSON line for everything that was planned, done and answered, with the milliseconds since the start. */
export function openHistory(file: string): History {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, '')
  const startedAt = Date.now()
  return {
    file,
    tell: (line) =>
      appendFileSync(file, `${JSON.stringify({ t: Date.now() - startedAt, ...line })}\n`),
  }
}

// biome-ignore lint/suspicious/noExplicitAny: each op has fields of its own
export type Line = { op: string } & Record<string, any>

export const readHistory = (file: string): Line[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))

/** What the customers of a campaign know. */
export function readWitness(file: string): Witness {
  const lines = readHistory(file)
  const of = (op: string) => lines.filter((line) => line.op === op)
  const acknowledged = new Map(of('fate').map(({ note, id }) => [note as string, id as string]))
  const cancelled = new Set(of('cancelled').map(({ note }) => note))
  const intents = of('wish').map(({ note }) => ({
    note: note as string,
    id: acknowledged.get(note),
    cancelled: cancelled.has(note),
  }))
  return { intents, shelf: of('shelf')[0]?.portions ?? {} }
}
