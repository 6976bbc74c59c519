import type { Line, Span } from './chart.ts'

type Labels = Record<string, string>
type Answer<Result> = { status: string; error?: string; data: { result: Result[] } }

const POINTS = 120

/** The lines that an expression draws; what is not a number is left out. */
export async function ask(
  prometheus: string,
  expr: string,
  legend: string,
  { from, to }: Span,
): Promise<Line[]> {
  const step = Math.max(5, Math.round((to - from) / POINTS))
  const query = { query: expr, start: String(from), end: String(to), step: String(step) }
  const found = await get<{ metric: Labels; values: [number, string][] }>(
    `${prometheus}/api/v1/query_range?${new URLSearchParams(query)}`,
  )
  return found
    .map(({ metric, values }) => ({
      label: labelled(legend, metric),
      points: values
        .map(([at, value]) => [at, Number(value)] as const)
        .filter(([, value]) => Number.isFinite(value)),
    }))
    .filter(({ points }) => points.length > 0)
    .sort((a, b) => highest(b) - highest(a) || a.label.localeCompare(b.label))
}

export type Row = { labels: Labels; value: number }

/** What an expression is now. */
export async function askNow(prometheus: string, expr: string): Promise<Row[]> {
  const found = await get<{ metric: Labels; value: [number, string] }>(
    `${prometheus}/api/v1/query?${new URLSearchParams({ query: expr })}`,
  )
  return found.map(({ metric: { __name__, ...labels }, value }) => ({
    labels,
    value: Number(value[1]),
  }))
}

async function get<Result>(url: string): Promise<Result[]> {
  const { status, error, data } = (await (await fetch(url)).json()) as Answer<Result>
  if (status !== 'success') throw new Error(`Prometheus: ${error}`)
  return data.result
}

/** Of many lines the legend names the first: those that somebody would ask about. */
const highest = ({ points }: Line): number => Math.max(...points.map(([, value]) => value))

const labelled = (legend: string, labels: Labels): string =>
  legend.replace(/\{\{(\w+)\}\}/g, (_, name: string) => labels[name] ?? '') || 'all'
