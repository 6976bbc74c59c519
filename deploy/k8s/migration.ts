import type { types } from '@pulumi/kubernetes'
import type { ServiceManifest } from '../../services/manifest.ts'
import { AUTHORITY_FILE } from './environment.ts'
import { labelsOf, NAMESPACE } from './names.ts'
import { container, hardened, mount, scratch } from './pod.ts'

type Job = types.input.batch.v1.Job

const USER = { uid: 10_001, gid: 10_001 }
const SECRETS = '/run/secrets/restofy'

export const migrationName = ({ name }: Pick<ServiceManifest, 'name'>): string =>
  `${name}-migration`

export type Migration = {
  service: ServiceManifest
  image: string
  /** Tag of the image: a Job cannot be changed, a new version has a new one. */
  version: string
  secret: string
  secretFiles: readonly string[]
  authority?: string
}

/** Runs to its end before pods of the new version start; the old version must still work with what it did. */
export function migrationJob(migration: Migration): Job {
  const { service, version, secret, authority } = migration
  const labels = labelsOf(migrationName(service), 'migration')
  return {
    metadata: { name: `${migrationName(service)}-${version}`, namespace: NAMESPACE, labels },
    spec: {
      // It may come up before the database does.
      backoffLimit: 20,
      activeDeadlineSeconds: 600,
      template: {
        metadata: { labels },
        spec: hardened(USER, {
          serviceAccountName: service.name,
          priorityClassName: 'restofy-critical',
          restartPolicy: 'OnFailure',
          containers: [migrationContainer(migration)],
          volumes: [
            scratch('tmp'),
            { name: 'secrets', secret: { secretName: secret, defaultMode: 0o440 } },
            ...(authority ? [{ name: 'authority', configMap: { name: authority } }] : []),
          ],
        }),
      },
    },
  }
}

function migrationContainer({ image, secretFiles, authority }: Migration) {
  return container({
    name: 'migrate',
    image,
    args: ['services/platform/migrate-main.ts'],
    resources: { cpu: '10m', memory: '192Mi' },
    env: [
      ...secretFiles.map((name) => ({ name: `${name}_FILE`, value: `${SECRETS}/${name}` })),
      ...(authority ? [{ name: 'NODE_EXTRA_CA_CERTS', value: AUTHORITY_FILE }] : []),
    ],
    volumeMounts: [
      mount('tmp', '/tmp', false),
      mount('secrets', SECRETS),
      ...(authority
        ? [{ ...mount('authority', AUTHORITY_FILE), subPath: 'database-authority.pem' }]
        : []),
    ],
  })
}
