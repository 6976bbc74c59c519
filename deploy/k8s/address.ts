import { core, type types } from '@pulumi/kubernetes'
import type { CustomResourceOptions } from '@pulumi/pulumi'

type Given = {
  metadata: { name: string; namespace: string; labels?: Record<string, string> }
  spec: types.input.core.v1.ServiceSpec
}

/**
 * A Service that Pulumi does not wait for: it makes only a few things at a time, and could wait in all
 * of them for pods that it has yet to make. Who needs the pods waits for them.
 */
export function makeAddress(
  name: string,
  { metadata, spec }: Given,
  options: CustomResourceOptions,
): core.v1.Service {
  const annotations = { 'pulumi.com/skipAwait': 'true' }
  return new core.v1.Service(name, { metadata: { ...metadata, annotations }, spec }, options)
}
