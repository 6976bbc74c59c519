import { apiextensions, apps, autoscaling, policy } from '@pulumi/kubernetes'
import { ComponentResource, type ComponentResourceOptions } from '@pulumi/pulumi'
import type { Role, ServiceManifest } from '../../services/manifest.ts'
import { makeAddress } from './address.ts'
import { autoscaler, replicasOf, scaledObject, scalesOnQueues } from './autoscaling.ts'
import type { Inputs } from './inputs.ts'
import { labelsOf, NAMESPACE, workloadName } from './names.ts'
import type { PodSpec } from './pod.ts'

export type WorkloadArgs = { service: ServiceManifest; role: Role; pod: PodSpec; inputs: Inputs }

/** Everything one role of one service runs on: Deployment, autoscaler and disruption budget. */
export class Workload extends ComponentResource {
  constructor(args: WorkloadArgs, options: ComponentResourceOptions) {
    const { service, role, pod, inputs } = args
    const name = workloadName(service, role)
    super('restofy:k8s:Workload', name, {}, options)
    const labels = labelsOf(service.name, role)
    const metadata = { name, namespace: NAMESPACE, labels }
    const child = { parent: this }

    const deployment = new apps.v1.Deployment(
      name,
      {
        metadata,
        spec: {
          // Where it starts; from then on the autoscaler owns the number.
          replicas: replicasOf(service, inputs).min,
          revisionHistoryLimit: 3,
          minReadySeconds: 1,
          selector: { matchLabels: labels },
          strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
          template: { metadata: { labels }, spec: pod },
        },
      },
      { ...child, ignoreChanges: ['spec.replicas'] },
    )
    if (scalesOnQueues(service, role, inputs)) {
      new apiextensions.CustomResource(name, scaledObject(service, role, inputs), {
        ...child,
        dependsOn: deployment,
      })
    } else {
      new autoscaling.v2.HorizontalPodAutoscaler(name, autoscaler(service, role, inputs), {
        ...child,
        dependsOn: deployment,
      })
    }
    new policy.v1.PodDisruptionBudget(
      name,
      { metadata, spec: { maxUnavailable: 1, selector: { matchLabels: labels } } },
      child,
    )
    this.registerOutputs()
  }
}

/** Answers with the address of every ready pod: callers take them in turn (platform/discovery.ts). */
export function headlessService(service: ServiceManifest, options: ComponentResourceOptions) {
  const { name, port, grpcPort } = service
  return makeAddress(
    name,
    {
      metadata: { name, namespace: NAMESPACE, labels: labelsOf(name, 'http') },
      spec: {
        clusterIP: 'None',
        selector: labelsOf(name, 'http'),
        ports: [
          { name: 'http', port, targetPort: 'http' },
          ...(grpcPort ? [{ name: 'grpc', port: grpcPort, targetPort: 'grpc' }] : []),
        ],
      },
    },
    options,
  )
}
