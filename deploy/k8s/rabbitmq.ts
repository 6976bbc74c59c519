import { BROKER } from './endpoints.ts'
import type { ThirdParty } from './images.ts'
import type { Inputs } from './inputs.ts'
import { type Container, container, hardened, mount, scaledCpu, scratch } from './pod.ts'
import type { SecretFiles } from './secret-files.ts'
import { RABBITMQ } from './secret-names.ts'
import type { Server } from './server.ts'

const USER = { uid: 999, gid: 999 }
const METRICS = 15_692

/** The whole of its configuration folder. */
export const rabbitmqSecrets: SecretFiles = {
  'rabbitmq.conf': {
    secret: RABBITMQ,
    text: [
      `default_user = ${BROKER.user}`,
      'default_pass = {}',
      `listeners.tcp.default = ${BROKER.port}`,
      // Of the container's memory, not of the node's.
      'vm_memory_high_watermark.absolute = 400MiB',
      'disk_free_limit.absolute = 200MB',
      '',
    ].join('\n'),
  },
  enabled_plugins: {
    secret: RABBITMQ,
    text: '[rabbitmq_management,rabbitmq_prometheus].\n',
  },
}

export function rabbitmqServer(inputs: Inputs, images: ThirdParty, secret: string): Server {
  if (inputs.broker.run !== 'cluster') throw new Error('the broker runs elsewhere')
  return {
    name: BROKER.name,
    component: 'data',
    ports: [
      { name: 'amqp', port: BROKER.port },
      { name: 'management', port: BROKER.management },
    ],
    // One series per queue: the totals cannot say which consumer is behind.
    annotations: { 'prometheus.io/path': '/metrics/per-object' },
    storage: { gibibytes: inputs.broker.storageGi, className: inputs.storageClass },
    pod: hardened(USER, {
      priorityClassName: 'restofy-critical',
      terminationGracePeriodSeconds: 60,
      containers: [broker(inputs, images.rabbitmq)],
      volumes: [
        scratch('log'),
        scratch('tmp'),
        { name: 'configuration', secret: { secretName: secret, defaultMode: 0o440 } },
      ],
    }),
  }
}

const broker = ({ cpuShare }: Inputs, image: string): Container =>
  container({
    name: BROKER.name,
    image,
    // Past the image's entry point, which would write into the read-only configuration.
    command: ['rabbitmq-server'],
    resources: { cpu: scaledCpu('500m', cpuShare), memory: '640Mi' },
    ports: [
      { name: 'amqp', containerPort: BROKER.port },
      { name: 'management', containerPort: BROKER.management },
      { name: 'metrics', containerPort: METRICS },
    ],
    env: [
      { name: 'RABBITMQ_LOGS', value: '-' },
      { name: 'RABBITMQ_NODENAME', value: 'rabbit@localhost' },
      { name: 'HOME', value: '/var/lib/rabbitmq' },
      // It would count the node's processors and wake a scheduler for each.
      { name: 'RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS', value: '+S 2:2 +sbwt none' },
    ],
    volumeMounts: [
      mount('data', '/var/lib/rabbitmq', false),
      mount('log', '/var/log/rabbitmq', false),
      mount('tmp', '/tmp', false),
      mount('configuration', '/etc/rabbitmq'),
    ],
    // A port, not rabbitmq-diagnostics: that starts a second Erlang each time, a second of processor.
    startupProbe: { tcpSocket: { port: 'amqp' }, periodSeconds: 2, failureThreshold: 90 },
    readinessProbe: { tcpSocket: { port: 'amqp' }, periodSeconds: 5 },
    livenessProbe: { tcpSocket: { port: 'amqp' }, periodSeconds: 15, failureThreshold: 4 },
  })
