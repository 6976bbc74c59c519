import { core, scheduling } from '@pulumi/kubernetes'
import type { CustomResourceOptions, Resource } from '@pulumi/pulumi'
import { NAMESPACE } from './names.ts'

/** Kubernetes 1.34 is what kind's node image and the tests' schemas are. */
const POD_SECURITY_VERSION = 'v1.34'

/** The space everything runs in, and what nobody in it may exceed. Everything else depends on it. */
export function makeNamespace(options: CustomResourceOptions): Resource[] {
  const level = 'restricted'
  const space = new core.v1.Namespace(
    NAMESPACE,
    {
      metadata: {
        name: NAMESPACE,
        labels: Object.fromEntries(
          ['enforce', 'audit', 'warn'].flatMap((mode) => [
            [`pod-security.kubernetes.io/${mode}`, level],
            [`pod-security.kubernetes.io/${mode}-version`, POD_SECURITY_VERSION],
          ]),
        ),
      },
    },
    options,
  )
  const inside = { ...options, dependsOn: space }
  const metadata = { name: NAMESPACE, namespace: NAMESPACE }
  return [
    space,
    new core.v1.ResourceQuota(NAMESPACE, { metadata, spec: { hard: QUOTA } }, inside),
    new core.v1.LimitRange(NAMESPACE, { metadata, spec: { limits: [LIMITS] } }, inside),
    ...priorities(options),
  ]
}

/** Room for every service at its maximum; a mistake in a number stops here, not at the bill. */
const QUOTA = {
  pods: '200',
  'requests.cpu': '64',
  'requests.memory': '64Gi',
  'limits.memory': '64Gi',
  persistentvolumeclaims: '10',
  'services.loadbalancers': '1',
}

/** For whoever runs a container by hand and says nothing. */
const LIMITS = {
  type: 'Container',
  default: { memory: '128Mi' },
  defaultRequest: { cpu: '10m', memory: '64Mi' },
  max: { memory: '4Gi' },
}

/** When there is not enough room, orders are taken before messages are sent and figures are kept. */
function priorities(options: CustomResourceOptions): Resource[] {
  const classes = { 'restofy-critical': 1_000_000, 'restofy-normal': 100_000 }
  return Object.entries(classes).map(
    ([name, value]) =>
      new scheduling.v1.PriorityClass(
        name,
        {
          metadata: { name },
          value,
          globalDefault: false,
          preemptionPolicy: 'PreemptLowerPriority',
        },
        options,
      ),
  )
}
