import type { ServiceManifest } from '../../services/manifest.ts'
import { BROKER, CACHE, POSTGRES } from './endpoints.ts'
import type { Inputs } from './inputs.ts'
import { EVERYWHERE, type Link, type Peer } from './links.ts'
import { METRICS_PORT } from './names.ts'
import { exposed } from './node-ports.ts'

export const PORTS = {
  prometheus: 9_090,
  alertmanager: 9_093,
  jaeger: 16_686,
  jaegerOtlp: 4_317,
  jaegerMetrics: 8_888,
  collectorMetrics: 8_889,
  grafana: 3_000,
  brokerMetrics: 15_692,
  postgresExporter: 9_187,
  redisExporter: 9_121,
  kubeStateMetrics: 8_080,
  kubelet: 10_250,
}

const API_SERVER = [443, 6_443]

/** What watches, and what it watches; who asks the Kubernetes API. */
export function observabilityLinks(services: readonly ServiceManifest[], inputs: Inputs): Link[] {
  const { observability, addons, apiServerCidrs } = inputs
  const prometheus: Peer = { name: 'prometheus' }
  const api = (name: string, more: readonly number[] = []): Link => ({
    ...{ from: { name }, to: { cidrs: apiServerCidrs }, ports: [...API_SERVER, ...more] },
  })
  const installed = addons.kubeStateMetrics === 'install'
  return [
    ...scrapes(services, inputs).map((link) => ({ from: prometheus, ...link })),
    api('prometheus', [PORTS.kubelet]),
    link('jaeger', 'prometheus', PORTS.prometheus),
    ...(observability.collector
      ? [link('collector', 'jaeger', PORTS.jaegerOtlp), api('collector')]
      : []),
    ...(observability.grafana
      ? [link('grafana', 'prometheus', PORTS.prometheus), link('grafana', 'jaeger', PORTS.jaeger)]
      : []),
    ...(installed ? [api('kube-state-metrics')] : []),
    ...(addons.keda === 'present'
      ? [{ from: { namespace: 'keda' }, to: prometheus, ports: [PORTS.prometheus] }]
      : []),
    ...exporters(inputs),
    ...exposed(inputs).map(({ name, port }) => ({
      ...{ from: { cidrs: EVERYWHERE }, to: { name }, ports: [port] },
    })),
  ]
}

const link = (from: string, to: string, port: number): Link => ({
  ...{ from: { name: from }, to: { name: to }, ports: [port] },
})

type Scraped = Pick<Link, 'to' | 'ports'>

function scrapes(services: readonly ServiceManifest[], inputs: Inputs): Scraped[] {
  const { observability, addons, broker } = inputs
  const at = (name: string, port: number): Scraped => ({ to: { name }, ports: [port] })
  return [
    ...services.map(({ name }) => at(name, METRICS_PORT)),
    ...(observability.alertmanager ? [at('alertmanager', PORTS.alertmanager)] : []),
    at('jaeger', PORTS.jaegerMetrics),
    ...(observability.collector ? [at('collector', PORTS.collectorMetrics)] : []),
    ...(observability.grafana ? [at('grafana', PORTS.grafana)] : []),
    ...(addons.kubeStateMetrics === 'install'
      ? [at('kube-state-metrics', PORTS.kubeStateMetrics)]
      : []),
    ...(broker.run === 'cluster' ? [at(BROKER.name, PORTS.brokerMetrics)] : []),
    ...exportersOf(inputs).map(({ exporter, port }) => at(exporter, port)),
  ]
}

const exporters = (inputs: Inputs): Link[] =>
  exportersOf(inputs).map(({ exporter, server }) => link(exporter, server.name, server.port))

/** Where the cluster runs a server, an exporter has its figures; elsewhere CloudWatch has them. */
function exportersOf({ databases, cache, observability }: Inputs) {
  if (!observability.exporters) return []
  const postgres = { exporter: 'postgres-exporter', port: PORTS.postgresExporter, server: POSTGRES }
  const redis = { exporter: 'redis-exporter', port: PORTS.redisExporter, server: CACHE }
  return [
    ...(databases.run === 'cluster' ? [postgres] : []),
    ...(cache.run === 'cluster' ? [redis] : []),
  ]
}
