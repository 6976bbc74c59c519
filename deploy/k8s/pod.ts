import type { types } from '@pulumi/kubernetes'

export type PodSpec = types.input.core.v1.PodSpec
export type Container = types.input.core.v1.Container
export type Volume = types.input.core.v1.Volume
type Mount = types.input.core.v1.VolumeMount

/** A user of the images that we do not build; `group` also owns what is mounted. */
export type User = { uid: number; gid: number }

export type Priority = 'restofy-critical' | 'restofy-normal' | 'system-cluster-critical'

/** What every pod of ours shares: no rights, no token unless it asks the API, no root. */
export function hardened(
  user: User,
  spec: Pick<PodSpec, 'containers'> & Partial<PodSpec> & { priorityClassName: Priority },
): PodSpec {
  return {
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: user.uid,
      runAsGroup: user.gid,
      fsGroup: user.gid,
      // Otherwise every start changes the mode of RabbitMQ's cookie, which it then refuses to read.
      fsGroupChangePolicy: 'OnRootMismatch',
      seccompProfile: { type: 'RuntimeDefault' },
    },
    ...spec,
  }
}

export type Resources = { cpu: string; memory: string }

/** What every container of ours shares. */
export function container(
  own: { name: string; image: string; resources: Resources } & Omit<Container, 'resources'>,
): Container {
  const { cpu, memory } = own.resources
  return {
    imagePullPolicy: 'IfNotPresent',
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    },
    ...own,
    ...patient(own),
    // No CPU limit: throttling hurts latency more than a noisy neighbour does.
    resources: { requests: { cpu, memory }, limits: { memory } },
  }
}

// Kubernetes' own default is one second. On a node that is out of CPU every probe then fails at once, and
// restarts what was only slow.
const PROBE_TIMEOUT_SECONDS = 5

type Probe = 'startupProbe' | 'readinessProbe' | 'livenessProbe'

/** Its probes, which wait for as long as they say, or else five seconds. */
function patient(own: Pick<Container, Probe>): Pick<Container, Probe> {
  const probes: Probe[] = ['startupProbe', 'readinessProbe', 'livenessProbe']
  return Object.fromEntries(
    probes.flatMap((name) =>
      own[name] ? [[name, { timeoutSeconds: PROBE_TIMEOUT_SECONDS, ...own[name] }]] : [],
    ),
  )
}

/** A folder that is empty at each start, on an otherwise read-only root. */
export const scratch = (name: string, sizeLimit = '64Mi'): Volume => ({
  name,
  emptyDir: { sizeLimit },
})

export const mount = (name: string, mountPath: string, readOnly = true): Mount => ({
  name,
  mountPath,
  readOnly,
})

export const scaledCpu = (cpu: string, share: number): string =>
  `${Math.max(1, Math.round(share * Number.parseInt(cpu, 10)))}m`
