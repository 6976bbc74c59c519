import {
  AnnotationQueryBuilder,
  CustomVariableBuilder,
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  RowBuilder,
} from '@grafana/grafana-foundation-sdk/dashboard'
import { metrics } from '../../services/contracts/metrics.ts'
import type { Board } from './board.ts'
import { PROMETHEUS } from './datasources.ts'
import { panelBuilder } from './panels.ts'

/** A board as Grafana reads it from a file. */
export function dashboardOf(board: Board): Dashboard {
  const builder = new DashboardBuilder(board.title)
    .uid(board.uid)
    .description(board.about)
    .tags(['restofy', 'generated'])
    .refresh('30s')
    .time({ from: 'now-1h', to: 'now' })
    .timezone('browser')
    .tooltip(DashboardCursorSync.Crosshair)
    .readonly()
    .annotation(deployments())
    .link(otherBoards())
  if (board.services) builder.withVariable(serviceVariable(board.services))
  for (const { title, panels } of board.rows) {
    builder.withRow(new RowBuilder(title).id(idOf(board.uid, `row ${title}`)))
    for (const panel of panels) builder.withPanel(panelBuilder(panel, idOf(board.uid, panel.title)))
  }
  return builder.build()
}

/**
 * Follows from the titles, so that a panel keeps its number, and people their links, whatever is put
 * before it. FNV-1a, cut to what Grafana takes for a number.
 */
export function idOf(uid: string, title: string): number {
  let hash = 0x811c9dc5
  for (const byte of new TextEncoder().encode(`${uid}/${title}`)) {
    hash = Math.imul(hash ^ byte, 0x01000193)
  }
  return (hash >>> 0) % 1_000_000
}

const serviceVariable = (services: readonly string[]): CustomVariableBuilder =>
  new CustomVariableBuilder('service')
    .label('Service')
    .values(services.join(','))
    .current({ selected: true, text: 'order', value: 'order' })
    .includeAll(true)
    .allValue('.+')

/** A line wherever a new version began to run. */
const deployments = (): AnnotationQueryBuilder =>
  new AnnotationQueryBuilder()
    .name('Deployments')
    .datasource({ type: 'prometheus', uid: PROMETHEUS })
    .enable(true)
    .iconColor('blue')
    .expr(
      `count by (version) (${metrics.buildInfo.name} unless ${metrics.buildInfo.name} offset 5m)`,
    )
    .titleFormat('{{version}}')

const otherBoards = (): DashboardLinkBuilder =>
  new DashboardLinkBuilder('Restofy')
    .type(DashboardLinkType.Dashboards)
    .tags(['restofy'])
    .asDropdown(true)
    .keepTime(true)
