import { CACHE } from './endpoints.ts'
import type { ThirdParty } from './images.ts'
import type { Inputs } from './inputs.ts'
import { container, hardened, mount, scaledCpu, scratch } from './pod.ts'
import type { SecretFiles } from './secret-files.ts'
import { REDIS } from './secret-names.ts'
import type { Server } from './server.ts'

const USER = { uid: 999, gid: 999 }

export const redisSecrets: SecretFiles = {
  password: { secret: REDIS, text: 'requirepass {}\n' },
}

/** A cache: nothing in it needs to survive, and it may forget when it is full. */
export function redisServer(inputs: Inputs, images: ThirdParty, secret: string): Server {
  if (inputs.cache.run !== 'cluster') throw new Error('the cache runs elsewhere')
  const { name, port } = CACHE
  const { memoryMi } = inputs.cache
  const ready = { tcpSocket: { port: 'redis' } }
  return {
    name,
    component: 'data',
    ports: [{ name: 'redis', port }],
    pod: hardened(USER, {
      priorityClassName: 'restofy-normal',
      containers: [
        container({
          name,
          image: images.redis,
          command: ['redis-server', '/run/secrets/restofy/password'],
          args: [
            ...['--port', String(port), '--dir', '/tmp', '--save', '', '--appendonly', 'no'],
            ...['--maxmemory', `${memoryMi}mb`, '--maxmemory-policy', 'volatile-lru'],
          ],
          resources: { cpu: scaledCpu('100m', inputs.cpuShare), memory: `${2 * memoryMi}Mi` },
          ports: [{ name: 'redis', containerPort: port }],
          volumeMounts: [mount('tmp', '/tmp', false), mount('secrets', '/run/secrets/restofy')],
          startupProbe: { ...ready, periodSeconds: 1, failureThreshold: 30 },
          readinessProbe: { ...ready, periodSeconds: 5 },
          livenessProbe: { ...ready, periodSeconds: 15, failureThreshold: 4 },
        }),
      ],
      volumes: [
        scratch('tmp'),
        { name: 'secrets', secret: { secretName: secret, defaultMode: 0o440 } },
      ],
    }),
  }
}
