import { createHash } from 'node:crypto'
import { apiextensions, core } from '@pulumi/kubernetes'
import { type CustomResourceOptions, secret } from '@pulumi/pulumi'
import type { Inputs } from './inputs.ts'
import { NAMESPACE } from './names.ts'
import type { SecretFiles } from './secret-files.ts'

/** Makes a Secret of these files, from values or by External Secrets. Returns the name to mount. */
export function secretOf(
  name: string,
  files: SecretFiles,
  { secrets }: Inputs,
  options: CustomResourceOptions,
): string {
  if (secrets.from === 'values') {
    const data = filled(files, secrets.values)
    const named = `${name}-${digest(data)}`
    const metadata = { name: named, namespace: NAMESPACE }
    new core.v1.Secret(named, { metadata, immutable: true, stringData: secret(data) }, options)
    return named
  }
  new apiextensions.CustomResource(name, externalSecret(name, files, secrets), options)
  return name
}

/** Another content is another name: pods roll, and a rollback finds what it ran with. */
export const digest = (content: object): string =>
  createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 10)

function filled(files: SecretFiles, values: Record<string, string>): Record<string, string> {
  const texts = Object.entries(files).map(([file, { secret: name, text }]) => {
    const value = values[name]!
    return [file, text ? text.replace('{}', encodeURIComponent(value)) : value]
  })
  return Object.fromEntries(texts)
}

function externalSecret(
  name: string,
  files: SecretFiles,
  { store, refs }: Extract<Inputs['secrets'], { from: 'store' }>,
) {
  const wanted = [...new Set(Object.values(files).map((file) => file.secret))]
  return {
    apiVersion: 'external-secrets.io/v1',
    kind: 'ExternalSecret',
    metadata: { name, namespace: NAMESPACE },
    spec: {
      refreshInterval: '1h',
      secretStoreRef: { kind: 'ClusterSecretStore', name: store },
      target: { name, template: { data: templates(files) } },
      data: wanted.map((secretKey) => ({
        secretKey,
        remoteRef: { key: refs[secretKey]!.key, property: refs[secretKey]!.property },
      })),
    },
  }
}

function templates(files: SecretFiles): Record<string, string> {
  const texts = Object.entries(files).map(([file, { secret: name, text }]) => {
    const value = `index . "${name}"`
    return [file, text ? text.replace('{}', `{{ ${value} | urlquery }}`) : `{{ ${value} }}`]
  })
  return Object.fromEntries(texts)
}
