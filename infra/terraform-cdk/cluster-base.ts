import type { Environment } from './environments.ts'
import { type Outputs, SECRET_STORE } from './hand-off.ts'

/**
 * What a new cluster needs before Restofy comes: Auto Mode runs the controllers of disks and load
 * balancers but makes none of their classes, and External Secrets has to know where secrets are.
 */
export function clusterBase(environment: Environment, { certificate_arn }: Outputs): object {
  const items = [storageClass, ...ingressClass(certificate_arn), secretStore(environment)]
  return { apiVersion: 'v1', kind: 'List', items }
}

const storageClass = {
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name: 'gp3' },
  provisioner: 'ebs.csi.eks.amazonaws.com',
  volumeBindingMode: 'WaitForFirstConsumer',
  parameters: { type: 'gp3', encrypted: 'true' },
}

const ingressClass = (certificate: string): object[] => [
  {
    apiVersion: 'eks.amazonaws.com/v1',
    kind: 'IngressClassParams',
    metadata: { name: 'alb' },
    spec: { scheme: 'internet-facing', certificateARNs: [certificate] },
  },
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'IngressClass',
    metadata: { name: 'alb' },
    spec: {
      controller: 'eks.amazonaws.com/alb',
      parameters: { apiGroup: 'eks.amazonaws.com', kind: 'IngressClassParams', name: 'alb' },
    },
  },
]

const secretStore = ({ region }: Environment): object => ({
  apiVersion: 'external-secrets.io/v1',
  kind: 'ClusterSecretStore',
  metadata: { name: SECRET_STORE },
  // Without credentials: the pod's identity is enough (stacks/cluster-access.ts).
  spec: { provider: { aws: { service: 'SecretsManager', region } } },
})
