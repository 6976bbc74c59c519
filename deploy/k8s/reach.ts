import type { Manifest } from './manifests.ts'

export type Pod = { workload: string; namespace: string; labels: Record<string, string> }

type Selector = { matchLabels?: Record<string, string> }
type PeerSpec = { podSelector?: Selector; namespaceSelector?: Selector; ipBlock?: object }
type Rule = { from?: PeerSpec[]; to?: PeerSpec[]; ports?: { port: number; protocol?: string }[] }

/** Every kind of pod that the manifests make, once. */
export function podsOf(manifests: readonly Manifest[]): Pod[] {
  return manifests
    .filter(({ spec }) => spec?.template?.metadata)
    .map(({ kind, metadata, spec }) => ({
      workload:
        kind === 'Job' ? spec.template.metadata.labels['app.kubernetes.io/name'] : metadata.name,
      namespace: metadata.namespace,
      labels: spec.template.metadata.labels,
    }))
}

/**
 * Whether network policies let one pod open a TCP connection to another, as Kubernetes defines it: a
 * side that any policy selects may only do what some policy that selects it allows.
 */
export function reaches(policies: readonly Manifest[], from: Pod, to: Pod, port: number): boolean {
  const allows = (side: 'egress' | 'ingress', pod: Pod, other: Pod) => {
    const selecting = policies.filter(
      ({ metadata, spec }) =>
        metadata.namespace === pod.namespace &&
        spec.policyTypes.includes(side === 'egress' ? 'Egress' : 'Ingress') &&
        matches(spec.podSelector, pod.labels),
    )
    if (selecting.length === 0) return true
    return selecting.some(({ spec, metadata }) =>
      ((spec[side] ?? []) as Rule[]).some((rule) =>
        admits(rule, side, metadata.namespace, other, port),
      ),
    )
  }
  return allows('egress', from, to) && allows('ingress', to, from)
}

function admits(
  rule: Rule,
  side: 'egress' | 'ingress',
  namespace: string,
  other: Pod,
  port: number,
): boolean {
  const peers = side === 'egress' ? rule.to : rule.from
  const toPort = rule.ports?.some((one) => one.port === port && (one.protocol ?? 'TCP') === 'TCP')
  return (toPort ?? true) && (peers?.some((peer) => isPeer(peer, namespace, other)) ?? true)
}

/** Blocks of addresses are for what is outside: pods are admitted by what they are. */
function isPeer(peer: PeerSpec, namespace: string, pod: Pod): boolean {
  if (peer.ipBlock) return false
  const inNamespace = peer.namespaceSelector
    ? matches(peer.namespaceSelector, { 'kubernetes.io/metadata.name': pod.namespace })
    : pod.namespace === namespace
  return inNamespace && matches(peer.podSelector ?? {}, pod.labels)
}

const matches = ({ matchLabels = {} }: Selector, labels: Record<string, string>): boolean =>
  Object.entries(matchLabels).every(([key, value]) => labels[key] === value)
