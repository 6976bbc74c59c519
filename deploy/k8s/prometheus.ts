import type { CustomResourceOptions } from '@pulumi/pulumi'
import type { ServiceManifest } from '../../services/manifest.ts'
import { prometheusConfig } from '../prometheus/config.ts'
import { clusterScrapes } from '../prometheus/kubernetes.ts'
import { allRules } from '../prometheus/rules.ts'
import { configFiles, json } from './config-files.ts'
import type { ThirdParty } from './images.ts'
import type { Inputs } from './inputs.ts'
import { NAMESPACE } from './names.ts'
import { nodePortOf } from './node-ports.ts'
import { PORTS } from './observability-links.ts'
import { container, hardened, mount, scaledCpu } from './pod.ts'
import { mayRead, mayReadCluster, READ } from './rbac.ts'
import { server } from './server.ts'

const NOBODY = { uid: 65_534, gid: 65_534 }
const NAME = 'prometheus'

export function makePrometheus(
  services: readonly ServiceManifest[],
  inputs: Inputs,
  images: ThirdParty,
  options: CustomResourceOptions,
): void {
  // Finds pods of our namespace, and reads from the kubelets what their containers use.
  mayRead(NAME, [{ apiGroups: [''], resources: ['pods'], verbs: READ }], options)
  const nodes = [{ apiGroups: [''], resources: ['nodes', 'nodes/metrics'], verbs: READ }]
  mayReadCluster(NAME, nodes, options)
  const { retentionDays, storageGi } = inputs.observability.prometheus
  const configuration = configFiles(NAME, filesOf(services, inputs), options)
  server(
    {
      name: NAME,
      component: 'observability',
      ports: [{ name: 'metrics', port: PORTS.prometheus, nodePort: nodePortOf(inputs, NAME) }],
      storage: { gibibytes: storageGi, className: inputs.storageClass },
      pod: hardened(NOBODY, {
        automountServiceAccountToken: true,
        priorityClassName: 'restofy-normal',
        terminationGracePeriodSeconds: 60,
        containers: [prometheus(inputs, images.prometheus, retentionDays)],
        volumes: [{ name: 'configuration', configMap: { name: configuration } }],
      }),
    },
    options,
  )
}

function filesOf(services: readonly ServiceManifest[], inputs: Inputs) {
  const { addons, environment, observability } = inputs
  const kubeState =
    addons.kubeStateMetrics === 'install'
      ? `kube-state-metrics:${PORTS.kubeStateMetrics}`
      : undefined
  const config = prometheusConfig({
    scrapes: clusterScrapes({ namespace: NAMESPACE, kubeState }),
    ruleFiles: ['rules.json'],
    ...(observability.alertmanager && {
      alertmanagers: [`alertmanager:${PORTS.alertmanager}`],
    }),
    externalLabels: { environment },
  })
  return { 'prometheus.json': json(config), 'rules.json': json(allRules(services)) }
}

const prometheus = ({ cpuShare }: Inputs, image: string, retentionDays: number) =>
  container({
    name: NAME,
    image,
    args: [
      '--config.file=/etc/prometheus/prometheus.json',
      '--storage.tsdb.path=/prometheus',
      `--storage.tsdb.retention.time=${retentionDays}d`,
      '--web.enable-remote-write-receiver',
      '--enable-feature=exemplar-storage',
    ],
    resources: { cpu: scaledCpu('500m', cpuShare), memory: '1Gi' },
    ports: [{ name: 'metrics', containerPort: PORTS.prometheus }],
    volumeMounts: [mount('data', '/prometheus', false), mount('configuration', '/etc/prometheus')],
    startupProbe: {
      httpGet: { path: '/-/ready', port: 'metrics' },
      periodSeconds: 2,
      failureThreshold: 90,
    },
    readinessProbe: { httpGet: { path: '/-/ready', port: 'metrics' }, periodSeconds: 5 },
    livenessProbe: { httpGet: { path: '/-/healthy', port: 'metrics' }, periodSeconds: 15 },
  })
