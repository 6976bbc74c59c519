import type { ServiceManifest } from '../../services/manifest.ts'
import { type Inputs, parseInputs } from '../k8s/inputs.ts'
import { GATEWAY_NODE_PORT } from './cluster.ts'
import type { Optional } from './found-images.ts'

/** 30 pods and their servers ask for 8 processors; what they need when nobody orders is a tenth. */
const CPU_SHARE = 0.1

export type Size = 'tiny' | 'default'

export function parseSize(text: string): Size {
  if (text === 'tiny' || text === 'default') return text
  throw new Error(`PROFILE must be tiny or default, not ${text}`)
}

/** What a cluster on one machine has to offer: everything runs in it, as far as its image is to be had. */
export function kindInputs(
  services: readonly ServiceManifest[],
  size: Size,
  values: Record<string, string>,
  has: (image: Optional) => boolean,
): Inputs {
  const full = size === 'default'
  const inputs = {
    environment: 'kind',
    images: { registry: '' },
    replicas: full ? 'manifest' : 'one',
    cpuShare: CPU_SHARE,
    storageClass: 'standard',
    entrance: { by: 'node-port', port: GATEWAY_NODE_PORT },
    databases: { run: 'cluster', storageGi: 2 },
    broker: { run: 'cluster', storageGi: 1 },
    cache: { run: 'cluster', memoryMi: 64 },
    secrets: { from: 'values', values },
    observability: {
      prometheus: { retentionDays: 1, storageGi: 2 },
      traces: { store: 'memory' },
      alertmanager: has('alertmanager'),
      collector: full && has('collector'),
      grafana: full && has('grafana'),
      exporters: has('postgresExporter') && has('redisExporter'),
    },
    addons: {
      metricsServer: has('metricsServer') ? 'install' : 'absent',
      kubeStateMetrics: has('kubeStateMetrics') ? 'install' : 'absent',
      keda: 'absent',
    },
    apiServerCidrs: ['0.0.0.0/0'],
  }
  return parseInputs(inputs, services)
}
