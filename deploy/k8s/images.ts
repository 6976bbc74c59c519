/** Every image that is not ours, in one place: `IMAGE_POSTGRES=…` in the environment replaces one. */
const THIRD_PARTY = {
  /** What service images are built on. */
  node: 'node:24-bookworm-slim',
  postgres: 'postgres:17-bookworm',
  redis: 'redis:7-bookworm',
  rabbitmq: 'rabbitmq:3.13-management',
  prometheus: 'prom/prometheus:v2.53.3',
  alertmanager: 'prom/alertmanager:v0.28.1',
  jaeger: 'jaegertracing/jaeger:2.10.0',
  grafana: 'grafana/grafana:12.2.0',
  collector: 'otel/opentelemetry-collector-contrib:0.155.0',
  postgresExporter: 'prometheuscommunity/postgres-exporter:v0.17.1',
  redisExporter: 'oliver006/redis_exporter:v1.69.0',
  metricsServer: 'registry.k8s.io/metrics-server/metrics-server:v0.9.0',
  kubeStateMetrics: 'registry.k8s.io/kube-state-metrics/kube-state-metrics:v2.17.0',
}

export type ThirdParty = Readonly<typeof THIRD_PARTY>

export function thirdPartyImages(env: Record<string, string | undefined> = {}): ThirdParty {
  const chosen = Object.entries(THIRD_PARTY).map(([name, image]) => [
    name,
    env[imageVariable(name)] || image,
  ])
  return Object.fromEntries(chosen) as ThirdParty
}

/** `postgresExporter` → `IMAGE_POSTGRES_EXPORTER` */
export const imageVariable = (name: string): string =>
  `IMAGE_${name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`

export const serviceImage = (registry: string, service: string, tag: string): string =>
  `${registry ? `${registry}/` : ''}restofy/${service}-service:${tag}`
