import { apps, core } from '@pulumi/kubernetes'
import type { CustomResourceOptions } from '@pulumi/pulumi'
import { makeAddress } from './address.ts'
import { labelsOf, NAMESPACE } from './names.ts'
import type { PodSpec } from './pod.ts'

export type ServerPort = { name: string; port: number; nodePort?: number }

/** One program that is not ours, one replica of it, and the address it has in the cluster. */
export type Server = {
  name: string
  component: 'data' | 'observability'
  pod: PodSpec
  ports: readonly ServerPort[]
  annotations?: Record<string, string>
  /** Files it keeps: a claim of this size, mounted by the pod under the name `data`. */
  storage?: { gibibytes: number; className: string }
}

/** Stateful or not, it has an identity of its own: two of one name would share a volume. */
export function server(own: Server, options: CustomResourceOptions): apps.v1.StatefulSet {
  const { name, component, pod, storage } = own
  const labels = labelsOf(name, component)
  const metadata = { name, namespace: NAMESPACE, labels }
  const ports = own.ports.map(({ name: port, port: number, nodePort }) => ({
    ...{ name: port, port: number, targetPort: port },
    ...(nodePort && { nodePort }),
  }))
  const type = ports.some((port) => 'nodePort' in port) ? 'NodePort' : 'ClusterIP'
  new core.v1.ServiceAccount(name, { metadata, automountServiceAccountToken: false }, options)
  makeAddress(name, { metadata, spec: { type, selector: labels, ports } }, options)
  return new apps.v1.StatefulSet(
    name,
    {
      metadata,
      spec: {
        serviceName: name,
        replicas: 1,
        selector: { matchLabels: labels },
        template: {
          metadata: { labels, annotations: own.annotations },
          spec: { serviceAccountName: name, ...pod },
        },
        ...(storage && { volumeClaimTemplates: [claim(storage)] }),
      },
    },
    options,
  )
}

const claim = ({ gibibytes, className }: NonNullable<Server['storage']>) => ({
  metadata: { name: 'data' },
  spec: {
    accessModes: ['ReadWriteOnce'],
    storageClassName: className,
    resources: { requests: { storage: `${gibibytes}Gi` } },
  },
})
