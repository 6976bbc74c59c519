/** What the committed schemas describe, and what `make up MODE=kind` is tried with. */
export const KUBERNETES_VERSION = 'v1.34.4'

/** As kubeconform spells it: `deployment-apps-v1.json`, `service-v1.json`. */
export function schemaFile({ apiVersion, kind }: { apiVersion: string; kind: string }): string {
  const [version, group] = apiVersion.split('/').reverse()
  const suffix = group ? `-${group.split('.')[0]}-${version}` : `-${version}`
  return `${kind.toLowerCase()}${suffix}.json`
}
