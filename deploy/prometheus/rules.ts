import { burnAlerts } from './burn-alerts.ts'
import { causeAlerts } from './cause-alerts.ts'
import { latencyRules, redRules } from './red-rules.ts'
import type { RuleGroup } from './rule.ts'
import { sloRules, type WithSlo } from './slo-rules.ts'
import { REAL_TIME, type Timescale } from './timescale.ts'

export type RulesOptions = {
  /** Shortens every window and waiting time, for drills. */
  scale?: Timescale
  /** Also the alerts about what only Kubernetes knows. */
  cluster?: boolean
}

/** The whole rule file: JSON is YAML, it is written as it stands. */
export function allRules(
  services: readonly WithSlo[],
  { scale = REAL_TIME, cluster = false }: RulesOptions = {},
): { groups: RuleGroup[] } {
  const names = services.map(({ name }) => name)
  return {
    groups: [
      redRules(),
      latencyRules(services),
      ...sloRules(services, scale),
      burnAlerts(scale),
      causeAlerts(names, scale, { cluster }),
    ],
  }
}
