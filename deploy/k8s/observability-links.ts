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
  const { observability, addons, databases, broker, cache } = inputs
  const at = (name: string, port: number): Scraped => ({ to: { name }, ports: [port] })
  return [
    ...services.map(({ name }) => at(name, METRICS_PORT)),
    at('alertmanager', PORTS.alertmanager),
    at('jaeger', PORTS.jaegerMetrics),
    ...(observability.collector ? [at('collector', PORTS.collectorMetrics)] : []),
    ...(observability.grafana ? [at('grafana', PORTS.grafana)] : []),
    ...(addons.kubeStateMetrics === 'install'
      ? [at('kube-state-metrics', PORTS.kubeStateMetrics)]
      : []),
    ...(broker.run === 'cluster' ? [at(BROKER.name, PORTS.brokerMetrics)] : []),
    ...(databases.run === 'cluster' ? [at('postgres-exporter', PORTS.postgresExporter)] : []),
    ...(cache.run === 'cluster' ? [at('redis-exporter', PORTS.redisExporter)] : []),
  ]
}

const exporters = ({ databases, cache }: Inputs): Link[] => [
  ...(databases.run === 'cluster' ? [link('postgres-exporter', POSTGRES.name, POSTGRES.port)] : []),
  ...(cache.run === 'cluster' ? [link('redis-exporter', CACHE.name, CACHE.port)] : []),
]
