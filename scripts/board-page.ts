import type { Board, Panel } from '../deploy/grafana/board.ts'
import { filledIn } from '../deploy/grafana/queries.ts'
import { ask, askNow, type Row } from './ask-prometheus.ts'
import { chart, escaped, inUnit, type Line, type Span } from './chart.ts'

export type View = Span & { prometheus: string; service: string }

/** A board as a section of a page; `counts` learns how many panels had something to show. */
export async function boardSection(board: Board, view: View, counts: Counts): Promise<string> {
  const rows = []
  for (const { title, panels } of board.rows) {
    const drawn = []
    for (const panel of panels) drawn.push(await panelFigure(panel, view, counts))
    rows.push(`<h3>${escaped(title)}</h3><div class="row">${drawn.join('')}</div>`)
  }
  const title = board.services ? `${board.title}: ${view.service}` : board.title
  return `<section id="${board.uid}"><h2>${escaped(title)}</h2><p>${escaped(board.about)}</p>${rows.join('')}</section>`
}

export type Counts = { drawn: number; empty: string[]; clusterOnly: number }

async function panelFigure(panel: Panel, view: View, counts: Counts): Promise<string> {
  const body = panel.kind === 'table' ? await tableOf(panel, view) : await graphOf(panel, view)
  if (body) counts.drawn++
  else if (panel.clusterOnly) counts.clusterOnly++
  else counts.empty.push(panel.title)
  const why = panel.clusterOnly ? 'only in kind and AWS' : 'no data in this time'
  const about = panel.about ? `<p>${escaped(panel.about)}</p>` : ''
  const wide = panel.kind === 'table' ? ' class="wide"' : ''
  return `<figure${wide}><figcaption>${escaped(panel.title)}</figcaption>${about}${body ?? `<p class="empty">${why}</p>`}</figure>`
}

async function graphOf({ queries, unit }: Panel, view: View): Promise<string | undefined> {
  const lines: Line[] = []
  for (const [legend, expr] of Object.entries(queries)) {
    lines.push(...(await ask(view.prometheus, filledIn(expr, view), legend, view)))
  }
  return lines.length > 0 ? chart(lines, unit, view) : undefined
}

async function tableOf({ queries, unit }: Panel, view: View): Promise<string | undefined> {
  const columns = Object.keys(queries)
  const rows = new Map<string, { labels: Row['labels']; cells: Map<string, number> }>()
  for (const [column, expr] of Object.entries(queries)) {
    for (const { labels, value } of await askNow(view.prometheus, filledIn(expr, view))) {
      const key = JSON.stringify(Object.entries(labels).sort())
      const row = rows.get(key) ?? { labels, cells: new Map() }
      row.cells.set(column, value)
      rows.set(key, row)
    }
  }
  const names = [...new Set([...rows.values()].flatMap(({ labels }) => Object.keys(labels)))]
  const head = [...names, ...columns].map((name) => `<th>${escaped(name)}</th>`)
  const body = [...rows.values()].map(({ labels, cells }) => {
    const left = names.map((name) => `<td>${escaped(labels[name] ?? '')}</td>`)
    const right = columns.map(
      (column) => `<td>${inUnit(cells.get(column) ?? Number.NaN, unit)}</td>`,
    )
    return `<tr>${[...left, ...right].join('')}</tr>`
  })
  if (body.length === 0) return undefined
  return `<table><thead><tr>${head.join('')}</tr></thead><tbody>${body.join('')}</tbody></table>`
}
