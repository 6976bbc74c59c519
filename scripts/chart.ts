import type { Unit } from '../deploy/grafana/board.ts'

/** Seconds since 1970, and a value. */
export type Point = readonly [at: number, value: number]
export type Line = { label: string; points: readonly Point[] }
export type Span = { from: number; to: number }

const WIDTH = 400
const HEIGHT = 150
const LEFT = 52
const BOTTOM = 20
const TOP = 8
const COLOURS = 8
const LEGENDS = 8

/** One graph as SVG, with its legend; colours are the page's (`c0` to `c7`). */
export function chart(lines: readonly Line[], unit: Unit, { from, to }: Span): string {
  const values = lines.flatMap(({ points }) => points.map(([, value]) => value))
  const highest = niceAbove(Math.max(...values, 0))
  const lowest = Math.min(...values, 0) < 0 ? -niceAbove(-Math.min(...values)) : 0
  const x = (at: number) => LEFT + ((at - from) / (to - from)) * (WIDTH - LEFT - 4)
  const y = (value: number) =>
    HEIGHT - BOTTOM - ((value - lowest) / (highest - lowest)) * (HEIGHT - BOTTOM - TOP)
  const grid = [lowest, (lowest + highest) / 2, highest].map(
    (value) =>
      `<line class="grid" x1="${LEFT}" x2="${WIDTH - 4}" y1="${y(value)}" y2="${y(value)}"/>` +
      `<text x="${LEFT - 6}" y="${y(value) + 4}" text-anchor="end">${inUnit(value, unit)}</text>`,
  )
  const times = [from, (from + to) / 2, to].map(
    (at, index) =>
      `<text x="${x(at)}" y="${HEIGHT - 4}" text-anchor="${['start', 'middle', 'end'][index]}">${clock(at)}</text>`,
  )
  const paths = lines.map(
    ({ points }, index) => `<path class="c${index % COLOURS}" d="${pathOf(points, x, y)}"/>`,
  )
  const svg = `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img">${[...grid, ...times, ...paths].join('')}</svg>`
  return svg + legend(lines)
}

function pathOf(
  points: readonly Point[],
  x: (at: number) => number,
  y: (value: number) => number,
): string {
  // What is no number is a gap, and so is a pause three times as long as the one before it.
  let last: Point | undefined
  let step = Number.POSITIVE_INFINITY
  return points
    .map((point) => {
      const pause = last ? point[0] - last[0] : 0
      const begins = !last || pause > 3 * step
      if (last) step = Math.min(step, pause)
      last = point
      return `${begins ? 'M' : 'L'}${x(point[0]).toFixed(1)} ${y(point[1]).toFixed(1)}`
    })
    .join('')
}

function legend(lines: readonly Line[]): string {
  const shown = lines
    .slice(0, LEGENDS)
    .map(
      ({ label }, index) => `<li class="c${index % COLOURS}"><span>${escaped(label)}</span></li>`,
    )
  const more = lines.length > LEGENDS ? `<li>and ${lines.length - LEGENDS} more</li>` : ''
  return `<ul class="legend">${shown.join('')}${more}</ul>`
}

/** The next of 1, 2, 5, 10 … above a value. */
export function niceAbove(value: number): number {
  if (value <= 0) return 1
  const power = 10 ** Math.floor(Math.log10(value))
  return [1, 2, 5, 10].map((step) => step * power).find((step) => step >= value) ?? value
}

export function inUnit(value: number, unit: Unit): string {
  if (!Number.isFinite(value)) return '–'
  if (unit === 'percentunit') return `${Number((value * 100).toFixed(2))} %`
  if (unit === 's') return Math.abs(value) < 1 ? `${short(value * 1_000)} ms` : `${short(value)} s`
  if (unit === 'bytes')
    return value < 2 ** 30 ? `${short(value / 2 ** 20)} MiB` : `${short(value / 2 ** 30)} GiB`
  return unit === 'short' ? short(value) : `${short(value)}/s`
}

const short = (value: number): string =>
  Math.abs(value) >= 10_000
    ? `${Number((value / 1_000).toPrecision(3))} k`
    : String(Number(value.toPrecision(3)))

const clock = (at: number): string => new Date(at * 1_000).toISOString().slice(11, 16)

export const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`)
