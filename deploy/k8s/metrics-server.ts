import { apiregistration, apps, core, rbac } from '@pulumi/kubernetes'
import type { CustomResourceOptions } from '@pulumi/pulumi'
import { makeAddress } from './address.ts'
import type { ThirdParty } from './images.ts'
import { PORTS } from './observability-links.ts'
import { container, hardened, mount, scratch } from './pod.ts'
import { mayReadCluster, READ } from './rbac.ts'

const NAME = 'metrics-server'
const SYSTEM = 'kube-system'
const USER = { uid: 65_534, gid: 65_534 }

/** What autoscalers read. It is the cluster's, not ours: it lives where the cluster's own things do. */
export function makeMetricsServer(images: ThirdParty, options: CustomResourceOptions): void {
  const metadata = { name: NAME, namespace: SYSTEM }
  const labels = { 'k8s-app': NAME }
  const account = new core.v1.ServiceAccount(
    NAME,
    { metadata, automountServiceAccountToken: false },
    options,
  )
  permissions(options)
  makeAddress(
    NAME,
    {
      metadata,
      spec: { selector: labels, ports: [{ name: 'https', port: 443, targetPort: 'https' }] },
    },
    options,
  )
  new apps.v1.Deployment(
    NAME,
    {
      metadata,
      spec: {
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: pod(images) },
      },
    },
    { ...options, dependsOn: account },
  )
  new apiregistration.v1.APIService(
    'v1beta1.metrics.k8s.io',
    {
      metadata: { name: 'v1beta1.metrics.k8s.io' },
      spec: {
        ...{ group: 'metrics.k8s.io', version: 'v1beta1' },
        ...{ groupPriorityMinimum: 100, versionPriority: 100, insecureSkipTLSVerify: true },
        service: { name: NAME, namespace: SYSTEM },
      },
    },
    options,
  )
}

function permissions(options: CustomResourceOptions): void {
  const rules = [
    { apiGroups: [''], resources: ['nodes/metrics'], verbs: ['get'] },
    { apiGroups: [''], resources: ['pods', 'nodes'], verbs: READ },
  ]
  mayReadCluster(NAME, rules, options, SYSTEM)
  const subjects = [{ kind: 'ServiceAccount', name: NAME, namespace: SYSTEM }]
  const apiGroup = 'rbac.authorization.k8s.io'
  new rbac.v1.ClusterRoleBinding(
    `${NAME}-delegator`,
    {
      metadata: { name: 'metrics-server:system:auth-delegator' },
      roleRef: { apiGroup, kind: 'ClusterRole', name: 'system:auth-delegator' },
      subjects,
    },
    options,
  )
  new rbac.v1.RoleBinding(
    `${NAME}-authentication`,
    {
      metadata: { name: 'metrics-server-auth-reader', namespace: SYSTEM },
      roleRef: { apiGroup, kind: 'Role', name: 'extension-apiserver-authentication-reader' },
      subjects,
    },
    options,
  )
}

const pod = ({ metricsServer }: ThirdParty) => ({
  ...hardened(USER, {
    automountServiceAccountToken: true,
    serviceAccountName: NAME,
    priorityClassName: 'system-cluster-critical',
    containers: [
      container({
        name: NAME,
        image: metricsServer,
        args: [
          ...[`--secure-port=${PORTS.kubelet}`, '--cert-dir=/tmp', '--metric-resolution=15s'],
          ...['--kubelet-preferred-address-types=InternalIP', '--kubelet-use-node-status-port'],
          // kind's kubelets sign their own certificates.
          '--kubelet-insecure-tls',
        ],
        resources: { cpu: '20m', memory: '128Mi' },
        ports: [{ name: 'https', containerPort: PORTS.kubelet }],
        volumeMounts: [mount('tmp', '/tmp', false)],
        startupProbe: {
          httpGet: { path: '/livez', port: 'https', scheme: 'HTTPS' },
          ...{ periodSeconds: 2, failureThreshold: 60 },
        },
        readinessProbe: { httpGet: { path: '/readyz', port: 'https', scheme: 'HTTPS' } },
        livenessProbe: { httpGet: { path: '/livez', port: 'https', scheme: 'HTTPS' } },
      }),
    ],
    volumes: [scratch('tmp')],
  }),
})
