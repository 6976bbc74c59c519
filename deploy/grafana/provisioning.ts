import { dataSources, type Sources } from './datasources.ts'

/** Grafana's own folders, as its images have them. */
export const PROVISIONING = '/etc/grafana/provisioning'
export const DASHBOARDS = '/var/lib/grafana/dashboards'

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

const json = (content: object) => `${JSON.stringify(content, null, 2)}\n`
