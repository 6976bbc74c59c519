import type { types } from '@pulumi/kubernetes'
import type { Link, Peer } from './links.ts'
import { NAMESPACE } from './names.ts'

type NetworkPolicy = {
  metadata: { name: string; namespace: string }
  spec: types.input.networking.v1.NetworkPolicySpec
}
type PeerSpec = types.input.networking.v1.NetworkPolicyPeer

/** Nobody talks to anybody, except to the cluster's DNS. */
export const denyAll: NetworkPolicy = {
  metadata: { name: 'deny-all', namespace: NAMESPACE },
  spec: {
    podSelector: {},
    policyTypes: ['Ingress', 'Egress'],
    egress: [
      {
        to: [
          {
            namespaceSelector: { matchLabels: namespaced('kube-system') },
            podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } },
          },
        ],
        ports: [
          { protocol: 'UDP', port: 53 },
          { protocol: 'TCP', port: 53 },
        ],
      },
    ],
  },
}

/** What `links` declare, from both ends: one policy per kind of pod. */
export function networkPolicies(links: readonly Link[]): NetworkPolicy[] {
  const pods = new Map<string, Peer>()
  for (const { from, to } of links) {
    for (const peer of [from, to]) if ('name' in peer) pods.set(keyOf(peer), peer)
  }
  return Array.from(pods, ([key, pod]) => {
    const into = links.filter(({ to }) => keyOf(to) === key)
    const out = links.filter(({ from }) => keyOf(from) === key)
    return {
      metadata: { name: key, namespace: NAMESPACE },
      spec: {
        podSelector: selectorOf(pod),
        policyTypes: [...(into.length ? ['Ingress'] : []), ...(out.length ? ['Egress'] : [])],
        ...(into.length && { ingress: into.map((l) => ({ from: peerOf(l.from), ports: tcp(l) })) }),
        ...(out.length && { egress: out.map((l) => ({ to: peerOf(l.to), ports: tcp(l) })) }),
      },
    }
  })
}

function keyOf(peer: Peer): string {
  if ('cidrs' in peer) return peer.cidrs.join()
  if ('namespace' in peer) return `namespace-${peer.namespace}`
  return peer.component ? `${peer.name}-${peer.component}` : peer.name
}

function peerOf(peer: Peer): PeerSpec[] {
  if ('cidrs' in peer) return peer.cidrs.map((cidr) => ({ ipBlock: { cidr } }))
  if ('namespace' in peer) {
    return [{ namespaceSelector: { matchLabels: namespaced(peer.namespace) } }]
  }
  return [{ podSelector: selectorOf(peer) }]
}

function selectorOf(peer: Peer) {
  const { name, component } = peer as { name: string; component?: string }
  return {
    matchLabels: {
      'app.kubernetes.io/name': name,
      ...(component && { 'app.kubernetes.io/component': component }),
    },
  }
}

const tcp = ({ ports }: Link) => ports.map((port) => ({ protocol: 'TCP', port }))

function namespaced(name: string) {
  return { 'kubernetes.io/metadata.name': name }
}
