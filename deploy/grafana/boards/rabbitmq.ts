import { metrics } from '../../../services/contracts/metrics.ts'
import { type Board, graph } from '../board.ts'
import { highest, quantile, rate, total } from '../promql.ts'
import { rabbitmq, WORK } from '../server-metrics.ts'

const byQueue = { by: ['queue'], where: WORK } as const

export const rabbitmqBoard: Board = {
  uid: 'restofy-rabbitmq',
  title: 'Restofy / RabbitMQ',
  about: 'The broker, from its own plugin; Amazon MQ has none and is asked through an exporter.',
  rows: [
    {
      title: 'Queues',
      panels: [
        graph('Waiting', 'short', { '{{queue}}': total(rabbitmq.ready, byQueue) }),
        graph('Being handled', 'short', { '{{queue}}': total(rabbitmq.unacked, byQueue) }),
        graph('Consumers', 'short', { '{{queue}}': total(rabbitmq.consumers, byQueue) }),
        graph('Messages in and out', 'ops', {
          published: rate(rabbitmq.published),
          delivered: rate(rabbitmq.delivered),
          'delivered again': rate(rabbitmq.redelivered),
        }),
        graph('Age when handled, p95', 's', {
          '{{messaging_destination_name}}': quantile(0.95, metrics.messageAge, {
            by: ['messaging_destination_name'],
          }),
        }),
        graph('Seen before, and left alone', 'ops', {
          '{{messaging_destination_name}}': rate(metrics.duplicates, {
            by: ['messaging_destination_name'],
          }),
        }),
      ],
    },
    {
      title: 'The broker itself',
      panels: [
        graph('Memory', 'bytes', {
          used: total(rabbitmq.memory),
          'publishers are blocked above': total(rabbitmq.memoryLimit),
        }),
        graph('Free disk', 'bytes', { free: total(rabbitmq.diskFree) }),
        graph('Services connected', 'short', {
          '{{service}}': highest(metrics.brokerConnected, { by: ['service'] }),
        }),
      ],
    },
  ],
}
