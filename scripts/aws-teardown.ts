import type { Environment } from '../infra/terraform-cdk/environments.ts'
import { clusterName } from '../infra/terraform-cdk/names.ts'

/** What taking down asks of the account; each throws when it cannot be done. */
export type Account = {
  /** The account that the credentials belong to. */
  number: () => Promise<string>
  hasCluster: (name: string) => Promise<boolean>
  /** Ends when everything in the namespace is gone, finalizers of controllers included. */
  deleteNamespace: (cluster: string, namespace: string) => Promise<void>
  /** ARNs of load balancers and volumes that controllers in the cluster made. */
  madeByCluster: (cluster: string) => Promise<string[]>
  destroyCluster: () => Promise<void>
  /** Everything but the cluster, each stack after those that need it. */
  destroyRest: () => Promise<void>
  leftovers: () => Promise<string[]>
}

export type Deps = {
  account: Account
  step: (title: string, work: () => Promise<void>) => Promise<void>
  /** Asks again until it is true or patience ends. */
  eventually: (condition: () => Promise<boolean>) => Promise<boolean>
  /** What a human typed, if anything. */
  confirmation?: string
}

const NAMESPACE = 'restofy'

/** Why nothing may be taken down; undefined when it may. */
export function refusal(environment: Environment, confirmation?: string): string | undefined {
  const words = `delete ${clusterName(environment)}`
  if (!environment.protected || confirmation === words) return undefined
  return `${environment.name} is protected: nothing was deleted. If you mean it: make aws-down ENV=${environment.name} CONFIRM="${words}", after its deletion protection was lifted in environments.ts and deployed`
}

/**
 * Outside in: controllers in the cluster made load balancers, disks and network interfaces that
 * Terraform knows nothing of. Without the cluster nobody removes them, and with them the network
 * cannot go.
 */
export async function takeDown(environment: Environment, deps: Deps): Promise<void> {
  const { account, step, eventually, confirmation } = deps
  const no = refusal(environment, confirmation)
  if (no) throw new Error(no)
  await assertAccount(environment, account)
  const cluster = clusterName(environment)
  if (await account.hasCluster(cluster)) {
    await step('workloads', () => account.deleteNamespace(cluster, NAMESPACE))
    await step('load balancers and disks of the controllers', async () => {
      const gone = await eventually(async () => (await account.madeByCluster(cluster)).length === 0)
      if (gone) return
      const left = await account.madeByCluster(cluster)
      throw new Error(
        `the controllers do not remove ${left.join(', ')}: the cluster stays, as nothing else would remove them. Try again.`,
      )
    })
  }
  await step('cluster', account.destroyCluster)
  await step('the rest, the network after what is in it', account.destroyRest)
  const left = await account.leftovers()
  if (left.length > 0) throw new Error(`still there, and still costs:\n  ${left.join('\n  ')}`)
}

/** Before anything is changed: the credentials are of the account that the environment names. */
export async function assertAccount(
  environment: Environment,
  { number }: Pick<Account, 'number'>,
): Promise<void> {
  const found = await number()
  if (found === environment.account) return
  throw new Error(
    `these credentials are of account ${found}, but ${environment.name} is ${environment.account}: nothing was changed`,
  )
}
