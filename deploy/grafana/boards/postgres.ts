import { metrics } from '../../../services/contracts/metrics.ts'
import { type Board, graph } from '../board.ts'
import { highest, rate, total } from '../promql.ts'
import { postgres } from '../server-metrics.ts'

const byDatabase = { by: ['datname'] } as const
const clusterOnly = { clusterOnly: true }

export const postgresBoard: Board = {
  uid: 'restofy-postgres',
  title: 'Restofy / PostgreSQL',
  about:
    'Connections as the services see them, everywhere; the server itself where its exporter runs.',
  rows: [
    {
      title: 'Connections of the services',
      panels: [
        graph('In use', 'short', {
          '{{service}}': total(metrics.poolConnections, {
            by: ['service'],
            where: { db_client_connection_state: '="used"' },
          }),
        }),
        graph('Share of the pool in use', 'percentunit', {
          '{{service}}': `${total(metrics.poolConnections, {
            by: ['service'],
            where: { db_client_connection_state: '="used"' },
          })} / ${total(metrics.poolMax, { by: ['service'] })}`,
        }),
        graph('Requests that wait for one', 'short', {
          '{{service}}': highest(metrics.poolPending, { by: ['service'] }),
        }),
      ],
    },
    {
      title: 'The server (kind and AWS: postgres_exporter)',
      panels: [
        graph(
          'Transactions',
          'ops',
          { '{{datname}}': rate(postgres.transactions, byDatabase) },
          clusterOnly,
        ),
        graph(
          'Connections',
          'short',
          { '{{datname}}': total(postgres.connections, byDatabase) },
          clusterOnly,
        ),
        graph(
          'Pages found in memory',
          'percentunit',
          {
            '{{datname}}': `${rate(postgres.hit, byDatabase)} / (${rate(postgres.hit, byDatabase)} + ${rate(postgres.read, byDatabase)})`,
          },
          clusterOnly,
        ),
        graph(
          'Deadlocks',
          'ops',
          { '{{datname}}': rate(postgres.deadlocks, byDatabase) },
          clusterOnly,
        ),
      ],
    },
  ],
}
