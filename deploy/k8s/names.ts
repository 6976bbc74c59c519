import type { Role, ServiceManifest } from '../../services/manifest.ts'

export const NAMESPACE = 'restofy'

/** Where metrics are, in every container of ours. */
export const METRICS_PORT = 9_464

/** One Deployment per role: the first is called like its service, a worker has its role behind it. */
export const workloadName = ({ name }: Pick<ServiceManifest, 'name'>, role: Role): string =>
  role === 'http' ? name : `${name}-${role}`

export type Labels = Record<string, string>

/** What selects the pods of one workload; Prometheus finds them by the same labels. */
export const labelsOf = (name: string, component: string): Labels => ({
  'app.kubernetes.io/name': name,
  'app.kubernetes.io/component': component,
  'app.kubernetes.io/part-of': 'restofy',
})
