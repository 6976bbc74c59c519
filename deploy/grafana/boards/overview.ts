import { metrics } from '../../../services/contracts/metrics.ts'
import type { ServiceManifest } from '../../../services/manifest.ts'
import { BUDGET, errorRatio } from '../../prometheus/slo-rules.ts'
import { type Board, graph, table } from '../board.ts'
import { highest, quantile, rate, total } from '../promql.ts'
import { DEAD, kubernetes, rabbitmq, WORK } from '../server-metrics.ts'

const http = metrics.httpDuration

export const overviewBoard = (services: readonly ServiceManifest[]): Board => ({
  uid: 'restofy-overview',
  title: 'Restofy / Platform',
  about: 'Is anything wrong, and where? Begin here, then open the board of the service.',
  rows: [
    {
      title: 'Objectives over 30 days',
      panels: [
        table(
          'Objectives and what is left of their budgets',
          'percentunit',
          {
            objective: `1 - ${BUDGET}`,
            'budget left': `1 - ${errorRatio('30d')} / ${BUDGET}`,
            'bad, 1 h': errorRatio('1h'),
            'bad, 6 h': errorRatio('6h'),
          },
          { about: 'Below 0 % the objective of the month is missed.' },
        ),
      ],
    },
    {
      title: 'Rate, errors, duration',
      panels: [
        graph('Requests', 'reqps', { '{{service}}': rate(http, { by: ['service'] }) }),
        graph('Share that fails', 'percentunit', {
          '{{service}}': 'service:http_errors:ratio_rate5m',
        }),
        graph('Slowness against each objective', 'percentunit', slowness(services), {
          about: '100 %: as slow as the service’s objective allows.',
        }),
      ],
    },
    {
      title: 'Work that waits',
      panels: [
        graph('Messages in queues', 'short', {
          '{{queue}}': total(rabbitmq.messages, {
            by: ['queue'],
            where: WORK,
          }),
        }),
        graph('Dead letters', 'short', {
          '{{queue}}': total(rabbitmq.messages, {
            by: ['queue'],
            where: DEAD,
          }),
        }),
        graph('Outbox rows', 'short', {
          '{{service}}': highest(metrics.outboxPending, { by: ['service'] }),
        }),
      ],
    },
    {
      title: 'What runs',
      panels: [
        graph('Instances that answer', 'short', { '{{service}}': 'sum by (service) (up)' }),
        graph('Alerts firing', 'short', {
          '{{alertname}}':
            'sum by (alertname) (ALERTS{alertstate="firing"}) or label_replace(vector(0), "alertname", "none", "", "")',
        }),
        graph(
          'Replicas wanted',
          'short',
          {
            '{{horizontalpodautoscaler}}': highest(kubernetes.desired, {
              by: ['horizontalpodautoscaler'],
            }),
          },
          { clusterOnly: true },
        ),
      ],
    },
  ],
})

/** The percentile that a service's objective speaks of, as a share of the time it allows. */
const slowness = (services: readonly ServiceManifest[]): Record<string, string> =>
  Object.fromEntries(
    services.map(({ name, slo: { latency } }) => [
      name,
      `${quantile(latency.share, http, { where: { service: `="${name}"` } })} / ${latency.withinMs / 1_000}`,
    ]),
  )
