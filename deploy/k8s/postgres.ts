import { POSTGRES } from './endpoints.ts'
import type { ThirdParty } from './images.ts'
import type { Inputs } from './inputs.ts'
import { container, hardened, mount, scaledCpu, scratch } from './pod.ts'
import type { SecretFiles } from './secret-files.ts'
import { databaseSecrets } from './secret-names.ts'
import type { Server } from './server.ts'

const USER = { uid: 999, gid: 999 }

/** All services' databases on one server, so all of their admins are one. */
export const postgresSecrets = (anyService: string): SecretFiles => ({
  password: { secret: databaseSecrets(anyService).admin },
})

export function postgresServer(inputs: Inputs, images: ThirdParty, secret: string): Server {
  if (inputs.databases.run !== 'cluster') throw new Error('the databases run elsewhere')
  const { name, port, user } = POSTGRES
  return {
    name,
    component: 'data',
    ports: [{ name: 'postgres', port }],
    storage: { gibibytes: inputs.databases.storageGi, className: inputs.storageClass },
    pod: hardened(USER, {
      priorityClassName: 'restofy-critical',
      // SIGINT by the image: a fast shutdown, which waits for nobody.
      terminationGracePeriodSeconds: 60,
      containers: [
        container({
          name,
          image: images.postgres,
          args: ['-c', 'max_connections=300', '-c', 'shared_buffers=128MB'],
          resources: { cpu: scaledCpu('500m', inputs.cpuShare), memory: '768Mi' },
          ports: [{ name: 'postgres', containerPort: port }],
          env: [
            { name: 'POSTGRES_USER', value: user },
            { name: 'POSTGRES_DB', value: 'postgres' },
            { name: 'POSTGRES_PASSWORD_FILE', value: '/run/secrets/restofy/password' },
            // A folder below the mount: a volume's root may hold a lost+found.
            { name: 'PGDATA', value: '/var/lib/postgresql/data/pg' },
          ],
          volumeMounts: [
            mount('data', '/var/lib/postgresql/data', false),
            mount('run', '/run/postgresql', false),
            mount('tmp', '/tmp', false),
            mount('secrets', '/run/secrets/restofy'),
          ],
          ...probes(user),
        }),
      ],
      volumes: [
        scratch('run'),
        scratch('tmp'),
        { name: 'secrets', secret: { secretName: secret, defaultMode: 0o440 } },
      ],
    }),
  }
}

function probes(user: string) {
  // By TCP: while the image makes the first database, a server without it answers on the socket.
  const exec = { command: ['pg_isready', '--quiet', '--host=127.0.0.1', `--username=${user}`] }
  return {
    startupProbe: { exec, periodSeconds: 2, failureThreshold: 90 },
    readinessProbe: { exec, periodSeconds: 5 },
    livenessProbe: { exec, periodSeconds: 15, timeoutSeconds: 10, failureThreshold: 4 },
  }
}
