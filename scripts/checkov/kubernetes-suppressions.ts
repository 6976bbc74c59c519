import type { Suppression } from './suppression.ts'

const UNTIL = '2027-11-30'

/** `in` is `<environment>.<namespace>.<kind>.<name>`. */
export const kubernetesSuppressions: readonly Suppression[] = [
  {
    check: 'CKV_K8S_11',
    in: /^/,
    reason:
      'no CPU limits: throttling hurts latency more than a noisy neighbour does; requests share the CPU and the namespace has a quota',
    until: UNTIL,
  },
  {
    check: 'CKV_K8S_43',
    in: /^/,
    reason:
      'our images are named by commit in a registry whose tags cannot be moved; the others may be replaced by a mirror, in which the digest is another',
    until: UNTIL,
  },
  {
    check: 'CKV_K8S_15',
    in: /^/,
    reason:
      'a tag always means the same image, so a node that has it need not ask the registry: a registry that is away must not stop a restart',
    until: UNTIL,
  },
  {
    check: 'CKV_K8S_38',
    in: /\.(prometheus|collector|kube-state-metrics|metrics-server)$/,
    reason: 'these read the Kubernetes API, each with a role of its own; nobody else has a token',
    until: UNTIL,
  },
  {
    check: 'CKV_K8S_40',
    in: /\.StatefulSet\.(grafana|postgres|rabbitmq|redis)$/,
    reason:
      'their images own their files by these low user numbers; pods share no files with the node',
    until: UNTIL,
  },
]
