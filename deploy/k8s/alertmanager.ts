import type { CustomResourceOptions } from '@pulumi/pulumi'
import { alertmanagerConfig } from '../prometheus/alertmanager.ts'
import { configFiles, json } from './config-files.ts'
import type { ThirdParty } from './images.ts'
import type { Inputs } from './inputs.ts'
import { nodePortOf } from './node-ports.ts'
import { PORTS } from './observability-links.ts'
import { container, hardened, mount, scaledCpu, scratch } from './pod.ts'
import { server } from './server.ts'

const NOBODY = { uid: 65_534, gid: 65_534 }
const NAME = 'alertmanager'

export function makeAlertmanager(
  inputs: Inputs,
  images: ThirdParty,
  options: CustomResourceOptions,
): void {
  const files = { 'alertmanager.json': json(alertmanagerConfig()) }
  const configuration = configFiles(NAME, files, options)
  const ready = { httpGet: { path: '/-/ready', port: 'metrics' } }
  server(
    {
      name: NAME,
      component: 'observability',
      ports: [{ name: 'metrics', port: PORTS.alertmanager, nodePort: nodePortOf(inputs, NAME) }],
      pod: hardened(NOBODY, {
        priorityClassName: 'restofy-normal',
        containers: [
          container({
            name: NAME,
            image: images.alertmanager,
            args: [
              '--config.file=/etc/alertmanager/alertmanager.json',
              '--storage.path=/alertmanager',
              // One of its kind: no gossip.
              '--cluster.listen-address=',
            ],
            resources: { cpu: scaledCpu('50m', inputs.cpuShare), memory: '128Mi' },
            ports: [{ name: 'metrics', containerPort: PORTS.alertmanager }],
            volumeMounts: [
              mount('state', '/alertmanager', false),
              mount('configuration', '/etc/alertmanager'),
            ],
            startupProbe: { ...ready, periodSeconds: 2, failureThreshold: 60 },
            readinessProbe: { ...ready, periodSeconds: 5 },
            livenessProbe: { httpGet: { path: '/-/healthy', port: 'metrics' }, periodSeconds: 15 },
          }),
        ],
        volumes: [scratch('state'), { name: 'configuration', configMap: { name: configuration } }],
      }),
    },
    options,
  )
}
