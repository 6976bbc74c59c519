import { existsSync, readFileSync } from 'node:fs'
import { POINTS, type Point } from '../../services/platform/failpoint.ts'

export const ACTIONS = ['throw', 'hang', 'kill'] as const
export type Action = (typeof ACTIONS)[number]

/**
 * Passed so seldom that every second pass has to count. Not every one: a message that brings its process
 * down twenty times in a row is a dead letter, as it has to be.
 */
const SELDOM: Partial<Record<Point, number>> = { C15: 2, C16: 2, C19: 2 }
const EVERY = 10
const HANG_MS = 2_000

/** Reads `all` or `C5,C6`. */
export function parsePoints(text: string): Point[] {
  const known = Object.keys(POINTS) as Point[]
  if (text === 'all') return known
  return text.split(',').map((word) => {
    const point = known.find((name) => name === word)
    if (!point) throw new Error(`there is no point ${word}: ${known.join(', ')}`)
    return point
  })
}

/** Every point fails in the same way, each `hits` times in all. */
export const failpointsOf = (points: readonly Point[], action: Action, hits: number): string =>
  points
    .map((point) => {
      const time = action === 'hang' ? `:${HANG_MS}ms` : ''
      return `${point}=${action}${time}:1/${SELDOM[point] ?? EVERY}:${hits}x`
    })
    .join(',')

export function countHits(file: string, points: readonly Point[]): Record<string, number> {
  const text = existsSync(file) ? readFileSync(file, 'utf8') : ''
  return Object.fromEntries(
    points.map((point) => [point, text.split(`"point":"${point}"`).length - 1]),
  )
}
