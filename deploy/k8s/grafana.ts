import { globSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { CustomResourceOptions } from '@pulumi/pulumi'
import { DASHBOARDS, PROVISIONING, provisioningFiles } from '../grafana/provisioning.ts'
import { JAEGER_PORTS } from '../jaeger/config.ts'
import { configFiles } from './config-files.ts'
import type { ThirdParty } from './images.ts'
import type { Inputs } from './inputs.ts'
import { nodePortOf } from './node-ports.ts'
import { PORTS } from './observability-links.ts'
import { container, hardened, mount, scaledCpu, scratch, type Volume } from './pod.ts'
import { server } from './server.ts'

const USER = { uid: 472, gid: 472 }
const NAME = 'grafana'
const RENDERED = join(import.meta.dirname, '../grafana/rendered')

export function makeGrafana(
  inputs: Inputs,
  images: ThirdParty,
  options: CustomResourceOptions,
): void {
  const provisioning = provisioningFiles({
    prometheus: `http://prometheus:${PORTS.prometheus}`,
    jaeger: `http://jaeger:${JAEGER_PORTS.jaeger}`,
  })
  const boards = boardsOf(options)
  const ready = { httpGet: { path: '/api/health', port: 'metrics' } }
  server(
    {
      name: NAME,
      component: 'observability',
      ports: [{ name: 'metrics', port: PORTS.grafana, nodePort: nodePortOf(inputs, NAME) }],
      pod: hardened(USER, {
        priorityClassName: 'restofy-normal',
        containers: [
          container({
            name: NAME,
            image: images.grafana,
            resources: { cpu: scaledCpu('200m', inputs.cpuShare), memory: '384Mi' },
            // Whoever reaches it may look; nobody may change anything, so there is no password.
            env: Object.entries({
              GF_AUTH_ANONYMOUS_ENABLED: 'true',
              GF_AUTH_ANONYMOUS_ORG_ROLE: 'Viewer',
              GF_AUTH_DISABLE_LOGIN_FORM: 'true',
              GF_SECURITY_DISABLE_INITIAL_ADMIN_CREATION: 'true',
              GF_ANALYTICS_REPORTING_ENABLED: 'false',
              GF_ANALYTICS_CHECK_FOR_UPDATES: 'false',
              GF_METRICS_ENABLED: 'true',
            }).map(([name, value]) => ({ name, value })),
            ports: [{ name: 'metrics', containerPort: PORTS.grafana }],
            volumeMounts: [
              mount('state', '/var/lib/grafana', false),
              mount('tmp', '/tmp', false),
              mount('boards', DASHBOARDS),
              ...Object.keys(provisioning).map((path) =>
                mount(volumeName(path), join(PROVISIONING, dirname(path))),
              ),
            ],
            startupProbe: { ...ready, periodSeconds: 3, failureThreshold: 60 },
            readinessProbe: { ...ready, periodSeconds: 5 },
            livenessProbe: { ...ready, periodSeconds: 15, failureThreshold: 4 },
          }),
        ],
        volumes: [
          scratch('state', '256Mi'),
          scratch('tmp'),
          {
            name: 'boards',
            projected: { sources: boards.map((name) => ({ configMap: { name } })) },
          },
          ...provisioningVolumes(provisioning, options),
        ],
      }),
    },
    options,
  )
}

/** `datasources/restofy.yaml` → `datasources` */
const volumeName = (path: string): string => dirname(path)

function provisioningVolumes(
  files: Record<string, string>,
  options: CustomResourceOptions,
): Volume[] {
  return Object.entries(files).map(([path, text]) => ({
    name: volumeName(path),
    configMap: {
      name: configFiles(`${NAME}-${volumeName(path)}`, { [basename(path)]: text }, options),
    },
  }))
}

/** One ConfigMap each: all boards together are more than one may hold. */
function boardsOf(options: CustomResourceOptions): string[] {
  return globSync('*.json', { cwd: RENDERED })
    .sort()
    .map((file) => {
      const text = readFileSync(join(RENDERED, file), 'utf8')
      return configFiles(`${NAME}-board-${basename(file, '.json')}`, { [file]: text }, options)
    })
}
