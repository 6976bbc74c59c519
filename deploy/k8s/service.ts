import { batch, core } from '@pulumi/kubernetes'
import type { CustomResourceOptions } from '@pulumi/pulumi'
import type { Role, ServiceManifest } from '../../services/manifest.ts'
import { environmentOf } from './environment.ts'
import { serviceImage } from './images.ts'
import { migrationJob, migrationName } from './migration.ts'
import { labelsOf, NAMESPACE, workloadName } from './names.ts'
import type { Release } from './program.ts'
import { digest, secretOf } from './secret.ts'
import { migrationSecrets, serviceSecrets } from './secret-files.ts'
import { servicePod } from './service-pod.ts'
import { headlessService, Workload } from './workload.ts'

type Context = { release: Release; authority?: string }

/** One service: identity, address, secrets, migration, and a workload per role. */
export function makeService(
  service: ServiceManifest,
  { release, authority }: Context,
  options: CustomResourceOptions,
): void {
  const { inputs, tags } = release
  const { name } = service
  const version = tags[name]
  if (!version) throw new Error(`no image tag for ${name}`)
  const image = serviceImage(inputs.images.registry, name, version)
  new core.v1.ServiceAccount(
    name,
    {
      metadata: { name, namespace: NAMESPACE, labels: labelsOf(name, 'http') },
      automountServiceAccountToken: false,
    },
    options,
  )
  headlessService(service, options)
  const migrated = migrate(service, { release, authority }, image, options)

  const files = serviceSecrets(service, inputs)
  const secret = secretOf(`${name}-secrets`, files, inputs, options)
  for (const role of service.roles) {
    const configMap = configMapOf(service, role, release, options)
    const secretFiles = Object.keys(files)
    const pod = servicePod({
      ...{ service, role, image, configMap, secret, secretFiles, authority, inputs },
    })
    new Workload({ service, role, pod, inputs }, migrated)
  }
}

/** Options under which something waits until the database is as this version needs it. */
function migrate(
  service: ServiceManifest,
  { release, authority }: Context,
  image: string,
  options: CustomResourceOptions,
): CustomResourceOptions {
  if (!service.needs.includes('postgres')) return options
  const files = migrationSecrets(service, release.inputs)
  const secret = secretOf(migrationName(service), files, release.inputs, options)
  const version = release.tags[service.name]!
  const secretFiles = Object.keys(files)
  const job = new batch.v1.Job(
    migrationName(service),
    migrationJob({ service, image, version, secret, secretFiles, authority }),
    options,
  )
  return { ...options, dependsOn: [job] }
}

function configMapOf(
  service: ServiceManifest,
  role: Role,
  { services, inputs }: Release,
  options: CustomResourceOptions,
): string {
  const data = environmentOf(service, role, services, inputs)
  const name = `${workloadName(service, role)}-${digest(data)}`
  const metadata = { name, namespace: NAMESPACE }
  new core.v1.ConfigMap(name, { metadata, immutable: true, data }, options)
  return name
}
