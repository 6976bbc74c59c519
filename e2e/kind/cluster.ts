import { hostProfile } from '../../deploy/host/profile.ts'
import { NAMESPACE } from '../../deploy/k8s/names.ts'
import { hostUrl, kubectl as on } from '../../deploy/kind/cluster.ts'

/** The cluster that `make up MODE=kind` made of this checkout. */
export const profile = hostProfile(process.env)

export const kubectl = (...args: string[]): Promise<string> =>
  on(profile, '--namespace', NAMESPACE, ...args)

// biome-ignore lint/suspicious/noExplicitAny: objects of every kind
export const read = async (...args: string[]): Promise<any> =>
  JSON.parse(await kubectl('get', ...args, '-o', 'json'))

/** Waits until every pod of these deployments is of the newest version and ready. */
export async function rolledOut(...names: string[]): Promise<void> {
  for (const name of names) {
    await kubectl('rollout', 'status', `deployment/${name}`, '--timeout=300s')
  }
}

/** What PromQL answers, by the value of one label. */
export async function figures(query: string, label: string): Promise<Record<string, number>> {
  const url = `${hostUrl(profile, 'prometheus')}/api/v1/query?${new URLSearchParams({ query })}`
  const { data } = (await (await fetch(url)).json()) as {
    data: { result: { metric: Record<string, string>; value: [number, string] }[] }
  }
  return Object.fromEntries(
    data.result.map(({ metric, value }) => [metric[label] ?? '', Number(value[1])]),
  )
}
