import type { CustomResourceOptions } from '@pulumi/pulumi'
import { JAEGER_PORTS, jaegerConfig } from '../jaeger/config.ts'
import type { JaegerStorage } from '../jaeger/storage.ts'
import { jaegerUi } from '../jaeger/ui.ts'
import { configFiles, json } from './config-files.ts'
import { OTLP_PORT } from './endpoints.ts'
import type { ThirdParty } from './images.ts'
import type { Inputs } from './inputs.ts'
import { nodePortOf } from './node-ports.ts'
import { PORTS } from './observability-links.ts'
import { type Container, container, hardened, mount, scaledCpu, scratch } from './pod.ts'
import { server } from './server.ts'

const USER = { uid: 10_001, gid: 10_001 }
const NAME = 'jaeger'
const DATA = '/badger'
const PROMETHEUS = `http://prometheus:${PORTS.prometheus}`

export function makeJaeger(
  inputs: Inputs,
  images: ThirdParty,
  options: CustomResourceOptions,
): void {
  const { traces } = inputs.observability
  const config = jaegerConfig({
    storage: storageOf(inputs),
    prometheus: PROMETHEUS,
    uiFile: '/etc/jaeger/ui.json',
  })
  const files = {
    'jaeger.json': json(config),
    'ui.json': json(jaegerUi({ prometheus: PROMETHEUS })),
  }
  const configuration = configFiles(NAME, files, options)
  const kept = traces.store === 'badger'
  server(
    {
      name: NAME,
      component: 'observability',
      ports: [
        { name: 'http', port: JAEGER_PORTS.jaeger, nodePort: nodePortOf(inputs, NAME) },
        { name: 'otlp-grpc', port: JAEGER_PORTS.otlpGrpc },
        { name: 'otlp-http', port: OTLP_PORT },
      ],
      ...(kept && { storage: { gibibytes: traces.storageGi, className: inputs.storageClass } }),
      pod: hardened(USER, {
        priorityClassName: 'restofy-normal',
        containers: [jaeger(inputs, images.jaeger)],
        volumes: [
          ...(kept ? [] : [scratch('data')]),
          { name: 'configuration', configMap: { name: configuration } },
        ],
      }),
    },
    options,
  )
}

function storageOf({ observability: { traces } }: Inputs): JaegerStorage {
  return traces.store === 'badger'
    ? { kind: 'badger', directory: DATA, keepHours: 48 }
    : { kind: 'memory', maxTraces: 20_000 }
}

function jaeger({ cpuShare }: Inputs, image: string): Container {
  const ready = { httpGet: { path: '/status', port: 'health' } }
  return container({
    name: NAME,
    image,
    args: ['--config=/etc/jaeger/jaeger.json'],
    resources: { cpu: scaledCpu('300m', cpuShare), memory: '768Mi' },
    // Collects before the limit is met.
    env: [{ name: 'GOMEMLIMIT', value: '640MiB' }],
    ports: [
      { name: 'http', containerPort: JAEGER_PORTS.jaeger },
      { name: 'otlp-grpc', containerPort: JAEGER_PORTS.otlpGrpc },
      { name: 'otlp-http', containerPort: OTLP_PORT },
      { name: 'health', containerPort: JAEGER_PORTS.jaegerHealth },
      { name: 'metrics', containerPort: JAEGER_PORTS.jaegerMetrics },
    ],
    volumeMounts: [mount('data', DATA, false), mount('configuration', '/etc/jaeger')],
    startupProbe: { ...ready, periodSeconds: 2, failureThreshold: 60 },
    readinessProbe: { ...ready, periodSeconds: 5 },
    livenessProbe: { ...ready, periodSeconds: 15, failureThreshold: 4 },
  })
}
