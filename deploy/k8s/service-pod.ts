import type { Role, ServiceManifest } from '../../services/manifest.ts'
import { AUTHORITY_FILE, DRAIN_DELAY_MS } from './environment.ts'
import type { Inputs } from './inputs.ts'
import { type Labels, labelsOf, METRICS_PORT } from './names.ts'
import {
  type Container,
  container,
  hardened,
  mount,
  type PodSpec,
  scaledCpu,
  scratch,
} from './pod.ts'

/** services/Dockerfile */
const IMAGE_USER = { uid: 10_001, gid: 10_001 }
const SECRETS = '/run/secrets/restofy'

/**
 * Longer than it takes until nobody sends new requests here: cluster DNS may answer 5 s late, clients
 * ask every second. Counts inside the grace period.
 */
export const PRE_STOP_SECONDS = 8
/** services/platform/http/server.ts ends what is left after this. */
const DRAIN_SECONDS = 10

export const graceSeconds = PRE_STOP_SECONDS + DRAIN_DELAY_MS / 1_000 + DRAIN_SECONDS + 5

export type ServicePod = {
  service: ServiceManifest
  role: Role
  image: string
  /** Names of the ConfigMap and of the Secret, and the files that the Secret holds. */
  configMap: string
  secret: string
  secretFiles: readonly string[]
  /** ConfigMap with the authority of external database servers. */
  authority?: string
  inputs: Inputs
}

export function servicePod(pod: ServicePod): PodSpec {
  const { service, role, secret, authority } = pod
  return hardened(IMAGE_USER, {
    serviceAccountName: service.name,
    priorityClassName: role === 'http' ? 'restofy-critical' : 'restofy-normal',
    terminationGracePeriodSeconds: graceSeconds,
    topologySpreadConstraints: spread(labelsOf(service.name, role)),
    containers: [serviceContainer(pod)],
    volumes: [
      scratch('tmp'),
      { name: 'secrets', secret: { secretName: secret, defaultMode: 0o440 } },
      ...(authority ? [{ name: 'authority', configMap: { name: authority } }] : []),
    ],
  })
}

function serviceContainer(pod: ServicePod): Container {
  const { service, image, authority, inputs } = pod
  const { cpu, memory } = service.resources
  return container({
    name: service.name,
    image,
    resources: { cpu: scaledCpu(cpu, inputs.cpuShare), memory },
    ports: [
      { name: 'http', containerPort: service.port },
      { name: 'metrics', containerPort: METRICS_PORT },
      ...(service.grpcPort ? [{ name: 'grpc', containerPort: service.grpcPort }] : []),
    ],
    envFrom: [{ configMapRef: { name: pod.configMap } }],
    env: [
      { name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
      { name: 'OTEL_RESOURCE_ATTRIBUTES', value: 'k8s.pod.name=$(POD_NAME)' },
      ...pod.secretFiles.map((name) => ({ name: `${name}_FILE`, value: `${SECRETS}/${name}` })),
    ],
    volumeMounts: [
      mount('tmp', '/tmp', false),
      mount('secrets', SECRETS),
      ...(authority
        ? [{ ...mount('authority', AUTHORITY_FILE), subPath: 'database-authority.pem' }]
        : []),
    ],
    ...probes(),
    lifecycle: { preStop: { sleep: { seconds: PRE_STOP_SECONDS } } },
  })
}

/** Three questions: has it come up; does the process still turn; does it want requests. None asks a dependency. */
const probes = () => ({
  startupProbe: {
    httpGet: { path: '/livez', port: 'http' },
    // On a machine that is busy with everything else a start may take minutes.
    ...{ periodSeconds: 1, failureThreshold: 180 },
  },
  livenessProbe: {
    httpGet: { path: '/livez', port: 'http' },
    ...{ periodSeconds: 10, failureThreshold: 3 },
  },
  readinessProbe: {
    httpGet: { path: '/readyz', port: 'http' },
    ...{ periodSeconds: 2, failureThreshold: 2 },
  },
})

/** Over zones first, over nodes too; a cluster with one of either still runs everything. */
function spread(matchLabels: Labels): PodSpec['topologySpreadConstraints'] {
  return ['topology.kubernetes.io/zone', 'kubernetes.io/hostname'].map((topologyKey) => ({
    maxSkew: 1,
    topologyKey,
    whenUnsatisfiable: 'ScheduleAnyway',
    labelSelector: { matchLabels },
  }))
}
