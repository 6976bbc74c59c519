import { metrics } from '../../../services/contracts/metrics.ts'
import { type Board, graph } from '../board.ts'
import { highest, rate, total } from '../promql.ts'
import { redis } from '../server-metrics.ts'

const clusterOnly = { clusterOnly: true }
const hits = { by: ['cache'], where: { result: '="hit"' } } as const

export const redisBoard: Board = {
  uid: 'restofy-redis',
  title: 'Restofy / Redis',
  about: 'Caches as the services see them, everywhere; the server itself where its exporter runs.',
  rows: [
    {
      title: 'Caches of the services',
      panels: [
        graph('Reads by result', 'ops', {
          '{{cache}} {{result}}': rate(metrics.cacheRequests, { by: ['cache', 'result'] }),
        }),
        graph('Share that is found', 'percentunit', {
          '{{cache}}': `${rate(metrics.cacheRequests, hits)} / ${rate(metrics.cacheRequests, { by: ['cache'] })}`,
        }),
        graph('Services connected', 'short', {
          '{{service}}': highest(metrics.redisConnected, { by: ['service'] }),
        }),
      ],
    },
    {
      title: 'The server (kind and AWS: redis_exporter)',
      panels: [
        graph('Commands', 'ops', { commands: rate(redis.commands) }, clusterOnly),
        graph('Memory', 'bytes', { used: total(redis.memory) }, clusterOnly),
        graph('Keys dropped', 'ops', { evicted: rate(redis.evicted) }, clusterOnly),
      ],
    },
  ],
}
