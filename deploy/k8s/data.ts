import type { CustomResourceOptions, Resource } from '@pulumi/pulumi'
import type { ServiceManifest } from '../../services/manifest.ts'
import type { ThirdParty } from './images.ts'
import type { Inputs } from './inputs.ts'
import { postgresSecrets, postgresServer } from './postgres.ts'
import { rabbitmqSecrets, rabbitmqServer } from './rabbitmq.ts'
import { redisSecrets, redisServer } from './redis.ts'
import { secretOf } from './secret.ts'
import { server } from './server.ts'

/** The servers that the cluster has to run itself: none where infrastructure hands over addresses. */
export function makeData(
  services: readonly ServiceManifest[],
  inputs: Inputs,
  images: ThirdParty,
  options: CustomResourceOptions,
): Resource[] {
  const { databases, broker, cache } = inputs
  const made: Resource[] = []
  if (databases.run === 'cluster') {
    const any = services.find(({ needs }) => needs.includes('postgres'))!
    const secret = secretOf('postgres', postgresSecrets(any.name), inputs, options)
    made.push(server(postgresServer(inputs, images, secret), options))
  }
  if (broker.run === 'cluster') {
    const secret = secretOf('rabbitmq', rabbitmqSecrets, inputs, options)
    made.push(server(rabbitmqServer(inputs, images, secret), options))
  }
  if (cache.run === 'cluster') {
    const secret = secretOf('redis', redisSecrets, inputs, options)
    made.push(server(redisServer(inputs, images, secret), options))
  }
  return made
}
