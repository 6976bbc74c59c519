import type { Builder } from '@grafana/grafana-foundation-sdk/cog'
import {
  LegendDisplayMode,
  LegendPlacement,
  VisibilityMode,
  VizLegendOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common'
import type { Panel as GrafanaPanel } from '@grafana/grafana-foundation-sdk/dashboard'
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus'
import { PanelBuilder as TableBuilder } from '@grafana/grafana-foundation-sdk/table'
import { PanelBuilder as GraphBuilder } from '@grafana/grafana-foundation-sdk/timeseries'
import type { Panel } from './board.ts'
import { PROMETHEUS } from './datasources.ts'

const HEIGHT = 8
const THIRD = 8
const SOURCE = { type: 'prometheus', uid: PROMETHEUS }

/** The one look of every panel: a board only says what it asks, and in which unit. */
export const panelBuilder = (panel: Panel, id: number): Builder<GrafanaPanel> =>
  panel.kind === 'table' ? tableBuilder(panel, id) : graphBuilder(panel, id)

function graphBuilder(panel: Panel, id: number): GraphBuilder {
  const builder = new GraphBuilder()
    .id(id)
    .title(panel.title)
    .description(aboutOf(panel))
    .datasource(SOURCE)
    .unit(panel.unit)
    .span(panel.width ?? THIRD)
    .height(HEIGHT)
    .min(0)
    .lineWidth(1)
    .fillOpacity(8)
    .showPoints(VisibilityMode.Never)
    .legend(
      new VizLegendOptionsBuilder()
        .displayMode(LegendDisplayMode.List)
        .placement(LegendPlacement.Bottom)
        .showLegend(true),
    )
  Object.entries(panel.queries).forEach(([legend, expr], index) => {
    const query = new DataqueryBuilder().refId(refId(index)).expr(expr).legendFormat(legend)
    builder.withTarget(panel.exemplars ? query.exemplar(true) : query)
  })
  return builder
}

/** Each query answers one value per set of labels; merged, they are the columns of a row. */
function tableBuilder(panel: Panel, id: number): TableBuilder {
  const builder = new TableBuilder()
    .id(id)
    .title(panel.title)
    .description(aboutOf(panel))
    .datasource(SOURCE)
    .unit(panel.unit)
    .span(panel.width ?? THIRD)
    .height(HEIGHT)
  const columns = Object.entries(panel.queries)
  columns.forEach(([, expr], index) => {
    builder.withTarget(
      new DataqueryBuilder().refId(refId(index)).expr(expr).format(PromQueryFormat.Table).instant(),
    )
  })
  const renameByName = Object.fromEntries(
    columns.map(([title], index) => [
      columns.length > 1 ? `Value #${refId(index)}` : 'Value',
      title,
    ]),
  )
  return builder.withTransformation({ id: 'merge', options: {} }).withTransformation({
    id: 'organize',
    options: { renameByName, excludeByName: { Time: true, __name__: true } },
  })
}

const refId = (index: number) => String.fromCharCode('A'.charCodeAt(0) + index)

const aboutOf = ({ about = '', clusterOnly }: Panel): string =>
  clusterOnly ? `${about} Only in kind and AWS: on the host nothing exports it.`.trim() : about
