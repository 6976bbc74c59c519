import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { $ } from 'zx'
import type { Environment } from '../infra/terraform-cdk/environments.ts'
import type { Aws } from './aws-command.ts'
import type { Stacks } from './aws-stacks.ts'
import type { Account } from './aws-teardown.ts'
import { leftovers, tagged } from './leftovers.ts'

/** The account as AWS's command line, kubectl and Terraform see it. */
export function accountOf(environment: Environment, aws: Aws, stacks: Stacks): Account {
  return {
    number: () => accountNumber(aws),
    hasCluster: async (name) => (await clusters(aws)).includes(name),
    deleteNamespace: (cluster, namespace) => deleteNamespace(aws, cluster, namespace),
    madeByCluster: (cluster) => tagged(aws, { 'eks:eks-cluster-name': cluster }),
    destroyCluster: () => stacks.destroy((stack) => stack.startsWith('cluster-')),
    destroyRest: () => stacks.destroy((stack) => !/^(cluster|state)-/.test(stack)),
    // The state stays, or it could not be built again.
    leftovers: () => leftovers(environment.name, aws, 'state'),
  }
}

export async function accountNumber(aws: Aws): Promise<string> {
  return (await aws<{ Account: string }>('sts', 'get-caller-identity')).Account
}

async function clusters(aws: Aws): Promise<string[]> {
  return (await aws<{ clusters: string[] }>('eks', 'list-clusters')).clusters
}

/** With credentials in a file of its own: nobody's current kubectl context decides what is deleted. */
async function deleteNamespace(aws: Aws, cluster: string, namespace: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'restofy-kube-'))
  try {
    const config = join(folder, 'config')
    await aws('eks', 'update-kubeconfig', '--name', cluster, '--kubeconfig', config)
    await $({
      quiet: true,
    })`kubectl --kubeconfig ${config} delete namespace ${namespace} --ignore-not-found --timeout=10m`
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
