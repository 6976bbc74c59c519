import type { Manifest } from './manifests.ts'

// biome-ignore lint/suspicious/noExplicitAny: objects of every kind
type Any = any
type Pod = { manifest: Manifest; spec: Any; containers: Any[] }

export type Rule = {
  promise: string
  /** What breaks it, in words; empty when the manifests keep it. */
  broken: (manifests: readonly Manifest[]) => string[]
}

const podsOf = (manifests: readonly Manifest[]): Pod[] =>
  manifests
    .filter(({ spec }) => spec?.template?.spec?.containers)
    .map((manifest) => ({
      manifest,
      spec: manifest.spec.template.spec,
      containers: manifest.spec.template.spec.containers,
    }))

const named = ({ kind, metadata }: Manifest): string => `${kind} ${metadata.name}`

const everyPod = (promise: string, keeps: (pod: Pod) => boolean): Rule => ({
  promise,
  broken: (manifests) =>
    podsOf(manifests)
      .filter((pod) => !keeps(pod))
      .map(({ manifest }) => named(manifest)),
})

const everyContainer = (promise: string, keeps: (container: Any, pod: Pod) => boolean): Rule =>
  everyPod(promise, (pod) => pod.containers.every((container) => keeps(container, pod)))

const runsOn = ({ manifest }: Pod): boolean => manifest.kind !== 'Job'

/** Reads the Kubernetes API, and therefore has a token: nobody else has. */
const READERS = ['prometheus', 'collector', 'kube-state-metrics', 'metrics-server']

/** What every object we run promises. Add a row before adding an exception. */
export const RULES: readonly Rule[] = [
  everyPod('is not root', ({ spec }) => {
    const { runAsNonRoot, runAsUser, runAsGroup } = spec.securityContext
    return runAsNonRoot === true && runAsUser > 0 && runAsGroup > 0
  }),
  everyPod(
    'is limited to the usual system calls',
    ({ spec }) => spec.securityContext.seccompProfile?.type === 'RuntimeDefault',
  ),
  everyPod(
    'shares nothing with its node',
    ({ spec }) => !spec.hostNetwork && !spec.hostPID && !spec.hostIPC,
  ),
  everyPod('mounts nothing of its node', ({ spec }) =>
    (spec.volumes ?? []).every((volume: Any) => !volume.hostPath),
  ),
  everyPod(
    'has a token only to read the Kubernetes API',
    ({ manifest, spec }) =>
      spec.automountServiceAccountToken === READERS.includes(manifest.metadata.name),
  ),
  everyPod(
    'has an account of its own',
    ({ spec }) => spec.serviceAccountName && spec.serviceAccountName !== 'default',
  ),
  everyPod('has a place in the order of eviction', ({ spec }) => Boolean(spec.priorityClassName)),
  everyContainer(
    'cannot write its root',
    ({ securityContext }) => securityContext.readOnlyRootFilesystem === true,
  ),
  everyContainer(
    'has no rights and gets none',
    ({ securityContext: { capabilities, allowPrivilegeEscalation, privileged } }) =>
      capabilities.drop.includes('ALL') &&
      !capabilities.add &&
      allowPrivilegeEscalation === false &&
      !privileged,
  ),
  everyContainer(
    'says what it needs, and cannot take more memory',
    ({ resources: { requests, limits } }) =>
      requests.cpu && requests.memory && limits.memory === requests.memory,
  ),
  everyContainer(
    'is asked whether it came up, turns, and wants work',
    (container, pod) =>
      !runsOn(pod) ||
      (container.startupProbe && container.livenessProbe && container.readinessProbe),
  ),
  everyContainer('is not taken for dead within a second', (container) =>
    [container.startupProbe, container.livenessProbe, container.readinessProbe].every(
      (probe) => !probe || probe.timeoutSeconds >= 5,
    ),
  ),
  // Schemas allow it; a server-side apply does not.
  everyContainer('gives no port two names', ({ ports = [] }) => {
    const numbers = ports.map(({ containerPort }: Any) => containerPort)
    return new Set(numbers).size === numbers.length
  }),
  everyContainer('is an image with a version', ({ image }) => /:(?!latest$)[\w.-]+$/.test(image)),
  everyContainer('has no secret in its environment', ({ env = [], envFrom = [] }) => {
    const fromSecret = env.some(({ valueFrom }: Any) => valueFrom?.secretKeyRef)
    return !fromSecret && envFrom.every(({ secretRef }: Any) => !secretRef)
  }),
  {
    promise: 'is replaced without a gap, and drains before it ends',
    broken: (manifests) =>
      podsOf(manifests)
        .filter(
          ({ manifest }) =>
            manifest.kind === 'Deployment' && manifest.metadata.namespace === 'restofy',
        )
        .filter(({ manifest, spec, containers }) => {
          const { maxUnavailable } = manifest.spec.strategy.rollingUpdate
          const preStop = containers[0].lifecycle?.preStop?.sleep?.seconds ?? 0
          // Draining starts when preStop has ended, and both count.
          return (
            maxUnavailable !== 0 || preStop < 5 || spec.terminationGracePeriodSeconds < preStop + 15
          )
        })
        .map(({ manifest }) => named(manifest)),
  },
  {
    promise: 'may be evicted one at a time',
    broken: (manifests) => {
      const guarded = manifests
        .filter(({ kind }) => kind === 'PodDisruptionBudget')
        .map(({ metadata }) => metadata.name)
      return manifests
        .filter(({ kind, metadata }) => kind === 'Deployment' && metadata.namespace === 'restofy')
        .filter(({ metadata }) => !guarded.includes(metadata.name))
        .map(named)
    },
  },
  {
    promise: 'gives nobody the right to read secrets or to do everything',
    broken: (manifests) =>
      manifests
        .filter(({ kind }) => kind === 'Role' || kind === 'ClusterRole')
        .filter(({ rules }) =>
          rules.some(
            ({ verbs, resources }: Any) =>
              [...verbs, ...resources].includes('*') ||
              resources.includes('secrets') ||
              verbs.some((verb: string) => !['get', 'list', 'watch'].includes(verb)),
          ),
        )
        .map(named),
  },
]
