import { core } from '@pulumi/kubernetes'
import type { CustomResourceOptions } from '@pulumi/pulumi'
import { NAMESPACE } from './names.ts'
import { digest } from './secret.ts'

/** A ConfigMap of these files; another content is another name, so that its pods start anew. */
export function configFiles(
  name: string,
  files: Record<string, string>,
  options: CustomResourceOptions,
): string {
  const named = `${name}-${digest(files)}`
  const metadata = { name: named, namespace: NAMESPACE }
  new core.v1.ConfigMap(named, { metadata, immutable: true, data: files }, options)
  return named
}

export const json = (content: object): string => `${JSON.stringify(content, null, 2)}\n`
