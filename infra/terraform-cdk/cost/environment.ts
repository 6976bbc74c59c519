import { services } from '../../../services/catalogue.ts'
import type { Environment } from '../environments.ts'
import { synthesise } from '../synthesise.ts'
import { type Cost, fixedCosts, sum, workloadCosts } from './estimate.ts'
import { nodesFor } from './nodes.ts'
import { PRICED_IN, PRICED_ON } from './prices.ts'

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
  return `${name} would cost $${total} a month by the prices of ${PRICED_IN}, over its ceiling of $${monthlyBudgetUsd} (monthlyBudgetUsd in infra/terraform-cdk/environments.ts)`
}

/** Whose prices these are, which need not be those of where the environment is. */
export function pricedAs({ name, region }: Environment): string {
  const prices = `list prices of ${PRICED_IN}, ${PRICED_ON}`
  if (region === PRICED_IN) return prices
  return `${prices}; ${name} is in ${region}, whose prices are not in the table: some percent more or less`
}
