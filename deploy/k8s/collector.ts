import type { CustomResourceOptions } from '@pulumi/pulumi'
import { COLLECTOR_PORTS, collectorConfig } from '../collector/config.ts'
import { configFiles, json } from './config-files.ts'
import type { ThirdParty } from './images.ts'
import type { Inputs } from './inputs.ts'
import { container, hardened, mount, scaledCpu } from './pod.ts'
import { mayReadCluster, READ } from './rbac.ts'
import { server } from './server.ts'

const USER = { uid: 10_001, gid: 10_001 }
const NAME = 'collector'

export function makeCollector(
  inputs: Inputs,
  images: ThirdParty,
  options: CustomResourceOptions,
): void {
  mayReadCluster(
    NAME,
    [
      { apiGroups: [''], resources: ['pods', 'namespaces'], verbs: READ },
      { apiGroups: ['apps'], resources: ['replicasets'], verbs: READ },
    ],
    options,
  )
  // Where traces are not kept for long, all of them may be kept.
  const mode = inputs.observability.traces.store === 'memory' ? 'kind' : 'aws'
  const files = { 'collector.json': json(collectorConfig({ mode })) }
  const configuration = configFiles(NAME, files, options)
  const ready = { httpGet: { path: '/', port: 'health' } }
  server(
    {
      name: NAME,
      component: 'observability',
      ports: [
        { name: 'otlp-grpc', port: COLLECTOR_PORTS.grpc },
        { name: 'otlp-http', port: COLLECTOR_PORTS.http },
      ],
      pod: hardened(USER, {
        automountServiceAccountToken: true,
        priorityClassName: 'restofy-normal',
        containers: [
          container({
            name: NAME,
            image: images.collector,
            args: ['--config=/etc/collector/collector.json'],
            resources: { cpu: scaledCpu('300m', inputs.cpuShare), memory: '512Mi' },
            env: [{ name: 'GOMEMLIMIT', value: '400MiB' }],
            ports: [
              { name: 'otlp-grpc', containerPort: COLLECTOR_PORTS.grpc },
              { name: 'otlp-http', containerPort: COLLECTOR_PORTS.http },
              { name: 'health', containerPort: COLLECTOR_PORTS.health },
              { name: 'metrics', containerPort: COLLECTOR_PORTS.metrics },
            ],
            volumeMounts: [mount('configuration', '/etc/collector')],
            startupProbe: { ...ready, periodSeconds: 2, failureThreshold: 60 },
            readinessProbe: { ...ready, periodSeconds: 5 },
            livenessProbe: { ...ready, periodSeconds: 15, failureThreshold: 4 },
          }),
        ],
        volumes: [{ name: 'configuration', configMap: { name: configuration } }],
      }),
    },
    options,
  )
}
