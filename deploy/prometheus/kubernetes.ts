import type { Scrape } from './config.ts'

/** What a pod has to carry to be scraped; deploy/k8s sets it, the relabelling below reads it. */
export const SCRAPED = {
  partOf: { label: 'app.kubernetes.io/part-of', value: 'restofy' },
  service: 'app.kubernetes.io/name',
  role: 'app.kubernetes.io/component',
  /** Name of the container port. */
  port: 'metrics',
  /** Annotation, where the path is not /metrics: RabbitMQ's figures by queue. */
  path: 'prometheus.io/path',
} as const

/** A pod that offers more than this is a mistake in its labels: it is not scraped at all. */
const MOST_SERIES = 6_000

const meta = (kind: string, name: string) =>
  `__meta_kubernetes_pod_${kind}_${name.replace(/[^a-zA-Z0-9]/g, '_')}`

const keep = (source: string, regex: string) => ({
  ...{ source_labels: [source], regex, action: 'keep' },
})
const copy = (source: string, target_label: string) => ({ source_labels: [source], target_label })

/**
 * Every pod of the namespace that says it is ours, whatever runs in it: services, exporters, the broker.
 * Needs `get`, `list` and `watch` of pods.
 */
export const podScrape = (namespace: string): Scrape => ({
  job_name: 'pods',
  kubernetes_sd_configs: [{ role: 'pod', namespaces: { names: [namespace] } }],
  sample_limit: MOST_SERIES,
  relabel_configs: [
    keep(meta('label', SCRAPED.partOf.label), SCRAPED.partOf.value),
    keep('__meta_kubernetes_pod_container_port_name', SCRAPED.port),
    // A pod that has ended keeps its labels for a while, and would be reported as down.
    {
      ...{ source_labels: ['__meta_kubernetes_pod_phase'], regex: 'Succeeded|Failed' },
      action: 'drop',
    },
    {
      ...copy(meta('annotation', SCRAPED.path), '__metrics_path__'),
      ...{ regex: '(/.+)', action: 'replace' },
    },
    copy(meta('label', SCRAPED.service), 'service'),
    copy(meta('label', SCRAPED.role), 'role'),
    copy('__meta_kubernetes_namespace', 'namespace'),
    copy('__meta_kubernetes_pod_name', 'pod'),
    copy('__meta_kubernetes_pod_node_name', 'node'),
  ],
})

const TOKEN = '/var/run/secrets/kubernetes.io/serviceaccount/token'

/** What the kubelet knows of our containers: processor, throttling, memory. Needs `get` of nodes and nodes/metrics. */
export const containerScrape = (namespace: string): Scrape => ({
  job_name: 'containers',
  scheme: 'https',
  metrics_path: '/metrics/cadvisor',
  authorization: { credentials_file: TOKEN },
  // The kubelet's certificate is its own on kind; who reads here sees figures, no secrets.
  tls_config: { insecure_skip_verify: true },
  kubernetes_sd_configs: [{ role: 'node' }],
  metric_relabel_configs: [
    keep('namespace', namespace),
    keep('__name__', 'container_(cpu_usage|cpu_cfs_(throttled_)?periods|memory_working_set).*'),
  ],
})

/** What Kubernetes says of deployments and autoscalers; its series name their own namespaces. */
export const stateScrape = (address: string): Scrape => ({
  job_name: 'kube-state-metrics',
  honor_labels: true,
  static_configs: [{ targets: [address] }],
  metric_relabel_configs: [keep('__name__', 'kube_(deployment|horizontalpodautoscaler|pod)_.*')],
})

export type ClusterScrapes = {
  namespace: string
  /** host:port of kube-state-metrics, where there is one. */
  kubeState?: string
}

/** kind and AWS alike: they differ in what runs, not in how it is found. */
export const clusterScrapes = ({ namespace, kubeState }: ClusterScrapes): Scrape[] => [
  podScrape(namespace),
  containerScrape(namespace),
  ...(kubeState ? [stateScrape(kubeState)] : []),
]
