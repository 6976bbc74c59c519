import type { CustomResourceOptions } from '@pulumi/pulumi'
import type { ThirdParty } from './images.ts'
import { NAMESPACE } from './names.ts'
import { PORTS } from './observability-links.ts'
import { container, hardened } from './pod.ts'
import { mayRead, type Rule } from './rbac.ts'
import { server } from './server.ts'

const USER = { uid: 65_534, gid: 65_534 }
const NAME = 'kube-state-metrics'

const RULES: Rule[] = [
  { apiGroups: [''], resources: ['pods'], verbs: ['list', 'watch'] },
  { apiGroups: ['apps'], resources: ['deployments'], verbs: ['list', 'watch'] },
  { apiGroups: ['autoscaling'], resources: ['horizontalpodautoscalers'], verbs: ['list', 'watch'] },
]

/** What Kubernetes wants and has of our deployments, as figures; of our namespace only. */
export function makeKubeStateMetrics(images: ThirdParty, options: CustomResourceOptions): void {
  mayRead(NAME, RULES, options)
  const ready = { httpGet: { path: '/readyz', port: 'telemetry' } }
  server(
    {
      name: NAME,
      component: 'observability',
      ports: [{ name: 'http', port: PORTS.kubeStateMetrics }],
      pod: hardened(USER, {
        automountServiceAccountToken: true,
        priorityClassName: 'restofy-normal',
        containers: [
          container({
            name: NAME,
            image: images.kubeStateMetrics,
            args: [
              '--resources=pods,deployments,horizontalpodautoscalers',
              `--namespaces=${NAMESPACE}`,
            ],
            resources: { cpu: '10m', memory: '96Mi' },
            ports: [
              { name: 'http', containerPort: PORTS.kubeStateMetrics },
              { name: 'telemetry', containerPort: 8_081 },
            ],
            startupProbe: { ...ready, periodSeconds: 2, failureThreshold: 30 },
            readinessProbe: { ...ready, periodSeconds: 10 },
            livenessProbe: { httpGet: { path: '/livez', port: 'http' }, periodSeconds: 30 },
          }),
        ],
      }),
    },
    options,
  )
}
