import type { ServiceManifest } from '../../services/manifest.ts'
import { boardsOf } from './boards.ts'
import { dashboardOf } from './dashboard.ts'
import { dataSources, type Sources } from './datasources.ts'

/** Grafana's own folders, as its images have them. */
export const PROVISIONING = '/etc/grafana/provisioning'
export const DASHBOARDS = '/var/lib/grafana/dashboards'

/** Where the boards' JSON is in this repository, for review. */
export const RENDERED = 'deploy/grafana/rendered'

const dashboardProvider = (folder: string) => ({
  apiVersion: 1,
  providers: [
    {
      ...{ name: 'restofy', folder: 'Restofy', type: 'file', options: { path: folder } },
      // What is changed in the browser is lost: boards are changed in their source.
      ...{ disableDeletion: true, allowUiUpdates: false, updateIntervalSeconds: 30 },
    },
  ],
})

/** What Grafana reads below its provisioning folder, by path. It takes YAML only, and JSON is YAML. */
export const provisioningFiles = (
  sources: Sources,
  dashboards = DASHBOARDS,
): Record<string, string> => ({
  'datasources/restofy.yaml': json(dataSources(sources)),
  'dashboards/restofy.yaml': json(dashboardProvider(dashboards)),
})

/** One file per board, by name, for the folder that the provider above reads. */
export const dashboardFiles = (services: readonly ServiceManifest[]): Record<string, string> =>
  Object.fromEntries(
    boardsOf(services).map((board) => [`${board.uid}.json`, json(dashboardOf(board))]),
  )

const json = (content: object) => `${JSON.stringify(content, null, 2)}\n`
