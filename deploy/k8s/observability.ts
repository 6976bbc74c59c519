import type { CustomResourceOptions } from '@pulumi/pulumi'
import { makeAlertmanager } from './alertmanager.ts'
import { makeCollector } from './collector.ts'
import { makeExporters } from './exporters.ts'
import { makeGrafana } from './grafana.ts'
import { makeJaeger } from './jaeger.ts'
import { makeKubeStateMetrics } from './kube-state-metrics.ts'
import { makeMetricsServer } from './metrics-server.ts'
import type { Release } from './program.ts'
import { makePrometheus } from './prometheus.ts'

/** What watches, as far as the environment has it. Nothing else waits for it. */
export function makeObservability(
  { services, inputs, images }: Release,
  options: CustomResourceOptions,
): void {
  const { observability, addons } = inputs
  makePrometheus(services, inputs, images, options)
  makeJaeger(inputs, images, options)
  if (observability.alertmanager) makeAlertmanager(inputs, images, options)
  if (observability.exporters) makeExporters(inputs, images, options)
  if (observability.collector) makeCollector(inputs, images, options)
  if (observability.grafana) makeGrafana(inputs, images, options)
  if (addons.kubeStateMetrics === 'install') makeKubeStateMetrics(images, options)
  if (addons.metricsServer === 'install') makeMetricsServer(images, options)
}
