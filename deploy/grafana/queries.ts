import { type Board, type Panel, panelsOf } from './board.ts'
import { WINDOW } from './promql.ts'

export type PanelQuery = { board: Board; panel: Panel; legend: string; expr: string }

/** Every expression of every board, once for each place it stands in. */
export const queriesOf = (boards: readonly Board[]): PanelQuery[] =>
  boards.flatMap((board) =>
    panelsOf(board).flatMap((panel) =>
      Object.entries(panel.queries).map(([legend, expr]) => ({ board, panel, legend, expr })),
    ),
  )

/** An expression as Prometheus itself takes it: Grafana's variables filled in. */
export const filledIn = (expr: string, { service = '.+', window = '1m' } = {}): string =>
  expr.replaceAll(WINDOW, window).replaceAll('$service', service)
