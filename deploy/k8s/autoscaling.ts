import type { types } from '@pulumi/kubernetes'
import type { Queue, Role, ServiceManifest } from '../../services/manifest.ts'
import type { Inputs } from './inputs.ts'
import { NAMESPACE, workloadName } from './names.ts'

type Autoscaler = types.input.autoscaling.v2.HorizontalPodAutoscaler

/** Of what the manifest asks for: above it, waiting grows faster than work. */
const CPU_TARGET_PERCENT = 65

/** What one worker gets through while a message may wait: a deeper queue means one more worker. */
const MESSAGES_PER_WORKER = 100

export const replicasOf = ({ replicas }: ServiceManifest, inputs: Inputs) =>
  inputs.replicas === 'one' ? { min: 1, max: 1 } : replicas

/** Owns the number of replicas; grows at once and shrinks slowly. */
export function autoscaler(service: ServiceManifest, role: Role, inputs: Inputs): Autoscaler {
  const name = workloadName(service, role)
  const { min, max } = replicasOf(service, inputs)
  return {
    metadata: { name, namespace: NAMESPACE },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
      minReplicas: min,
      maxReplicas: max,
      metrics: [
        {
          type: 'ContainerResource',
          containerResource: {
            name: 'cpu',
            // Only ours: a sidecar's idleness must not hide it.
            container: service.name,
            // Percent of what is reserved, which may be a share of what the manifest asks for.
            target: {
              type: 'Utilization',
              averageUtilization: Math.round(CPU_TARGET_PERCENT / inputs.cpuShare),
            },
          },
        },
      ],
      behavior: {
        scaleUp: {
          stabilizationWindowSeconds: 0,
          selectPolicy: 'Max',
          policies: [
            { type: 'Percent', value: 100, periodSeconds: 15 },
            { type: 'Pods', value: 4, periodSeconds: 15 },
          ],
        },
        scaleDown: {
          stabilizationWindowSeconds: 300,
          policies: [{ type: 'Percent', value: 25, periodSeconds: 60 }],
        },
      },
    },
  }
}

/** Backlog, not processor, says how many consumers there should be; KEDA makes the autoscaler itself. */
export const scalesOnQueues = ({ hears }: ServiceManifest, role: Role, inputs: Inputs): boolean =>
  inputs.addons.keda === 'present' && role === 'worker' && hears.length > 0

export function scaledObject(service: ServiceManifest, role: Role, inputs: Inputs) {
  const name = workloadName(service, role)
  const { min, max } = replicasOf(service, inputs)
  return {
    apiVersion: 'keda.sh/v1alpha1',
    kind: 'ScaledObject',
    metadata: { name, namespace: NAMESPACE },
    spec: {
      scaleTargetRef: { name },
      minReplicaCount: min,
      maxReplicaCount: max,
      pollingInterval: 15,
      cooldownPeriod: 300,
      triggers: service.hears.map(queueTrigger),
    },
  }
}

/** From Prometheus, which has every queue's depth already: KEDA needs no password of the broker. */
const queueTrigger = ({ queue }: Queue) => ({
  type: 'prometheus',
  metadata: {
    serverAddress: `http://prometheus.${NAMESPACE}:9090`,
    query: `sum(rabbitmq_queue_messages{queue="${queue}"})`,
    threshold: String(MESSAGES_PER_WORKER),
    // No figure is no reason to shrink.
    ignoreNullValues: 'false',
  },
})
