export type Unit = 'reqps' | 's' | 'percentunit' | 'short' | 'bytes' | 'ops'

/** One line, or column: what it is called (`{{label}}` is filled in) and its expression. */
export type Queries = Readonly<Record<string, string>>

export type Panel = {
  title: string
  kind: 'graph' | 'table'
  unit: Unit
  queries: Queries
  /** Said above the graph: what to look for. */
  about?: string
  /** Its figures come from exporters or from Kubernetes; on the host there are none. */
  clusterOnly?: boolean
  /** Points lead to traces. */
  exemplars?: boolean
  /** Of 24 columns; a third when absent. */
  width?: number
}

export type Row = { title: string; panels: readonly Panel[] }

/** A board as data: Grafana's JSON and the page of `make dashboards` are both made of it. */
export type Board = {
  /** Part of addresses that people keep: never changed. */
  uid: `restofy-${string}`
  title: string
  about: string
  /** Values of `$service`, where the board has that choice. */
  services?: readonly string[]
  rows: readonly Row[]
}

type Extras = Partial<Omit<Panel, 'title' | 'kind' | 'unit' | 'queries'>>

export const graph = (title: string, unit: Unit, queries: Queries, extras: Extras = {}): Panel => ({
  ...{ kind: 'graph', title, unit, queries },
  ...extras,
})

/** One row for each set of labels, one column for each query. */
export const table = (title: string, unit: Unit, queries: Queries, extras: Extras = {}): Panel => ({
  ...{ kind: 'table', title, unit, queries, width: 24 },
  ...extras,
})

export const panelsOf = ({ rows }: Board): Panel[] => rows.flatMap(({ panels }) => panels)
