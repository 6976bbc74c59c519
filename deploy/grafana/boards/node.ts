import { type Board, graph } from '../board.ts'
import { highest, rate, total } from '../promql.ts'
import { kubernetes, nodejs } from '../server-metrics.ts'

const byService = { by: ['service'] } as const

export const nodeBoard: Board = {
  uid: 'restofy-node',
  title: 'Restofy / Node.js',
  about: 'One event loop is one core: what is late here is late everywhere.',
  rows: [
    {
      title: 'Processes',
      panels: [
        graph('Event loop, p99 of being late', 's', {
          '{{service}}': highest(nodejs.lag, byService),
        }),
        graph('Processor', 'percentunit', { '{{service}}': rate(nodejs.cpu, byService) }),
        graph('Collecting garbage', 'percentunit', {
          '{{service}}': rate(nodejs.gcSeconds, byService),
        }),
        graph('Memory', 'bytes', { '{{service}}': total(nodejs.memory, byService) }),
        graph('JavaScript heap', 'bytes', { '{{service}}': total(nodejs.heapUsed, byService) }),
        graph('Sockets, timers, files', 'short', {
          '{{service}}': total(nodejs.handles, byService),
        }),
        graph(
          'Processor withheld by its limit',
          'percentunit',
          {
            '{{pod}}': `${rate(kubernetes.throttled, { by: ['pod'] })} / ${rate(kubernetes.periods, { by: ['pod'] })}`,
          },
          { clusterOnly: true },
        ),
      ],
    },
  ],
}
