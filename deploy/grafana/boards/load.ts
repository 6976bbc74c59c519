import { metrics } from '../../../services/contracts/metrics.ts'
import { type Board, graph } from '../board.ts'
import { highest, quantile, rate } from '../promql.ts'
import { k6 } from '../server-metrics.ts'

export const loadBoard: Board = {
  uid: 'restofy-load',
  title: 'Restofy / Load test',
  about: 'k6 beside the services’ own figures, while make load runs.',
  rows: [
    {
      title: 'Client and server',
      panels: [
        graph('Requests sent', 'reqps', { '{{name}}': rate(k6.requests, { by: ['name'] }) }),
        graph('Journeys ended', 'ops', {
          '{{scenario}}': rate(k6.iterations, { by: ['scenario'] }),
        }),
        graph('Virtual users at work', 'short', { users: highest(k6.users) }),
        graph('p95 as the client sees it', 's', { '{{name}}': highest(k6.p95, { by: ['name'] }) }),
        graph('p95 as the gateway sees it', 's', {
          '{{method}} {{route}}': quantile(0.95, metrics.httpDuration, {
            by: ['method', 'route'],
            where: { service: '="gateway"' },
          }),
        }),
        graph('Share that fails', 'percentunit', {
          '{{name}}': highest(k6.failed, { by: ['name'] }),
        }),
      ],
    },
  ],
}
