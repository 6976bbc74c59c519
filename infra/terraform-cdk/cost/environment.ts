import { services } from '../../../services/catalogue.ts'
import type { Environment } from '../environments.ts'
import { synthesise } from '../synthesise.ts'
import { type Cost, fixedCosts, sum, workloadCosts } from './estimate.ts'
import { nodesFor } from './nodes.ts'

/** What runs all month whether anybody orders or not, resource by resource. */
export function environmentCosts(environment: Environment): Cost[] {
  const { replicas, metricsGi } = environment.running
  return [
    ...synthesise([environment]).flatMap(({ id, json }) => fixedCosts(id, json.resource ?? {})),
    ...workloadCosts(nodesFor(services, replicas), metricsGi),
  ]
}

/** Why this environment may not be deployed; undefined when it costs no more than it may. */
export function overBudget(
  { name, monthlyBudgetUsd }: Environment,
  costs: readonly Cost[],
): string | undefined {
  const total = Math.ceil(sum(costs))
  if (total <= monthlyBudgetUsd) return undefined
  return `${name} would cost $${total} a month, over its ceiling of $${monthlyBudgetUsd} (monthlyBudgetUsd in infra/terraform-cdk/environments.ts)`
}
