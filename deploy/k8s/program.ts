import { core, networking } from '@pulumi/kubernetes'
import type { CustomResourceOptions, Resource } from '@pulumi/pulumi'
import type { ServiceManifest } from '../../services/manifest.ts'
import { makeData } from './data.ts'
import { makeEntrance } from './entrance.ts'
import type { ThirdParty } from './images.ts'
import type { Inputs } from './inputs.ts'
import { linksOf } from './links.ts'
import { NAMESPACE } from './names.ts'
import { makeNamespace } from './namespace.ts'
import { denyAll, networkPolicies } from './network-policy.ts'
import { makeObservability } from './observability.ts'
import { makeService } from './service.ts'

export type Release = {
  services: readonly ServiceManifest[]
  inputs: Inputs
  /** Tag of each service's image, by its name. */
  tags: Readonly<Record<string, string>>
  images: ThirdParty
}

/** Everything the cluster runs: a function of the catalogue and of what infrastructure hands over. */
export function program(release: Release, options: CustomResourceOptions = {}): void {
  const { services, inputs, images } = release
  const ready = makeNamespace(options)
  // A pod may talk as soon as it runs: what forbids it has to be there first.
  const fences = makeFences(release, { ...options, dependsOn: ready })
  const inside = { ...options, dependsOn: [...ready, ...fences] }
  const authority = makeAuthority(inputs, inside)
  const data = makeData(services, inputs, images, inside)
  const afterData = { ...options, dependsOn: [...inside.dependsOn, ...data] }
  for (const service of services) makeService(service, { release, authority }, afterData)
  makeEntrance(services, inputs, inside)
  makeObservability(release, inside)
}

function makeFences({ services, inputs }: Release, options: CustomResourceOptions): Resource[] {
  return [denyAll, ...networkPolicies(linksOf(services, inputs))].map(
    (policy) => new networking.v1.NetworkPolicy(policy.metadata.name, policy, options),
  )
}

/** The file by which services know external database servers; its name, if there are any. */
function makeAuthority({ databases }: Inputs, options: CustomResourceOptions): string | undefined {
  if (databases.run !== 'external') return undefined
  const name = 'database-authority'
  new core.v1.ConfigMap(
    name,
    {
      metadata: { name, namespace: NAMESPACE },
      data: { 'database-authority.pem': databases.authority },
    },
    options,
  )
  return name
}
