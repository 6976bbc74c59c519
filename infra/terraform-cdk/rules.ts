import { accountRules } from './rules/account.ts'
import { clusterRules } from './rules/cluster.ts'
import { networkRules } from './rules/network.ts'
import type { Rule } from './rules/rule.ts'
import { storeRules } from './rules/stores.ts'

/** What is promised of every environment, held against what Terraform will read. */
export const rules: readonly Rule[] = [
  ...networkRules,
  ...clusterRules,
  ...storeRules,
  ...accountRules,
]
