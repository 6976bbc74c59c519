import { BudgetsBudget } from '@cdktf/provider-aws/lib/budgets-budget/index.js'
import { CeAnomalyMonitor } from '@cdktf/provider-aws/lib/ce-anomaly-monitor/index.js'
import { CeAnomalySubscription } from '@cdktf/provider-aws/lib/ce-anomaly-subscription/index.js'
import type { Construct } from 'constructs'
import { named } from '../names.ts'
import { RestofyStack, type Target } from './stack.ts'

/** Told before the money is gone, told when it is, and told of a day unlike the others. */
export class BudgetStack extends RestofyStack {
  constructor(scope: Construct, target: Target) {
    super(scope, 'budget', target)
    const { environment } = target
    const { monthlyBudgetUsd, alertEmail } = environment
    const tell = (notificationType: string, threshold: number) => ({
      notificationType,
      threshold,
      thresholdType: 'PERCENTAGE',
      comparisonOperator: 'GREATER_THAN',
      subscriberEmailAddresses: [alertEmail],
    })
    new BudgetsBudget(this, 'month', {
      name: named(environment, 'month'),
      budgetType: 'COST',
      timeUnit: 'MONTHLY',
      limitAmount: String(monthlyBudgetUsd),
      limitUnit: 'USD',
      costFilter: [{ name: 'TagKeyValue', values: ['user:Project$restofy'] }],
      notification: [tell('FORECASTED', 80), tell('ACTUAL', 100)],
    })
    const monitor = new CeAnomalyMonitor(this, 'unusual-days', {
      name: named(environment, 'unusual-days'),
      monitorType: 'DIMENSIONAL',
      monitorDimension: 'SERVICE',
    })
    new CeAnomalySubscription(this, 'unusual-days-mail', {
      name: named(environment, 'unusual-days'),
      frequency: 'DAILY',
      monitorArnList: [monitor.arn],
      subscriber: [{ type: 'EMAIL', address: alertEmail }],
      thresholdExpression: {
        dimension: {
          key: 'ANOMALY_TOTAL_IMPACT_ABSOLUTE',
          matchOptions: ['GREATER_THAN_OR_EQUAL'],
          // A twentieth of the month in one day.
          values: [String(monthlyBudgetUsd / 20)],
        },
      },
    })
  }
}
