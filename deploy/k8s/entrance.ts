import { networking } from '@pulumi/kubernetes'
import type { CustomResourceOptions } from '@pulumi/pulumi'
import type { ServiceManifest } from '../../services/manifest.ts'
import { makeAddress } from './address.ts'
import type { Inputs } from './inputs.ts'
import { labelsOf, NAMESPACE } from './names.ts'

const NAME = 'entrance'

/** The one public door: a port of the node, or a load balancer with a name and a certificate. */
export function makeEntrance(
  services: readonly ServiceManifest[],
  { entrance }: Inputs,
  options: CustomResourceOptions,
): void {
  const { port } = services.find(({ name }) => name === 'gateway')!
  const metadata = { name: NAME, namespace: NAMESPACE, labels: labelsOf('gateway', 'entrance') }
  const selector = labelsOf('gateway', 'http')
  const nodePort = entrance.by === 'node-port' ? { nodePort: entrance.port } : {}
  makeAddress(
    NAME,
    {
      metadata,
      spec: {
        type: entrance.by === 'node-port' ? 'NodePort' : 'ClusterIP',
        selector,
        ports: [{ name: 'http', port, targetPort: 'http', ...nodePort }],
      },
    },
    options,
  )
  if (entrance.by === 'ingress')
    new networking.v1.Ingress(NAME, ingress(metadata, entrance), options)
}

type IngressEntrance = Extract<Inputs['entrance'], { by: 'ingress' }>

const ingress = (metadata: object, { className, host, annotations }: IngressEntrance) => ({
  metadata: { ...metadata, annotations },
  spec: {
    ingressClassName: className,
    tls: [{ hosts: [host] }],
    rules: [
      {
        host,
        http: {
          paths: [
            {
              path: '/',
              pathType: 'Prefix',
              backend: { service: { name: NAME, port: { name: 'http' } } },
            },
          ],
        },
      },
    ],
  },
})
