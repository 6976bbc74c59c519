import { metrics } from '../../../services/contracts/metrics.ts'
import { PLATFORM_SLOS } from '../../../services/slo.ts'
import { type Board, graph } from '../board.ts'
import { highest, quantile, rate } from '../promql.ts'

const { sagaSettled, notificationFresh } = PLATFORM_SLOS
const fresh = { service: '="notification"' }

export const sagaBoard: Board = {
  uid: 'restofy-saga',
  title: 'Restofy / Orders and sagas',
  about: 'The business: orders, money, and the sagas that move them.',
  rows: [
    {
      title: 'Orders',
      panels: [
        graph('Orders by status reached', 'ops', {
          '{{state}}': rate(metrics.orders, { by: ['state'] }),
        }),
        graph('Payments by outcome', 'ops', {
          '{{outcome}}': rate(metrics.payments, { by: ['outcome'] }),
        }),
        graph('Card network: charges and refunds', 'ops', {
          '{{status}}': rate(metrics.charges, { by: ['status'] }),
          refunded: rate(metrics.refunds),
        }),
      ],
    },
    {
      title: 'Sagas',
      panels: [
        graph('Started, and ended by outcome', 'ops', {
          started: rate(metrics.sagasStarted),
          '{{outcome}}': rate(metrics.sagasFinished, { by: ['outcome'] }),
        }),
        graph('Start to end', 's', {
          p50: quantile(0.5, metrics.sagaDuration),
          [`p${sagaSettled.share * 100}`]: quantile(sagaSettled.share, metrics.sagaDuration),
          objective: `vector(${sagaSettled.withinSecs})`,
        }),
        graph('On their way, by state', 'short', {
          '{{state}}': highest(metrics.sagasInFlight, { by: ['state'] }),
        }),
        graph('Oldest on its way, by state', 's', {
          '{{state}}': highest(metrics.sagaOldestAge, { by: ['state'] }),
        }),
        graph('Outbox: rows published', 'ops', {
          '{{service}} {{outcome}}': rate(metrics.outboxPublished, { by: ['service', 'outcome'] }),
        }),
        graph('Outbox: oldest row', 's', {
          '{{service}}': highest(metrics.outboxOldestAge, { by: ['service'] }),
        }),
      ],
    },
    {
      title: 'What follows an order',
      panels: [
        graph('Notifications', 'ops', {
          '{{kind}}': rate(metrics.notifications, { by: ['kind'] }),
        }),
        graph('Age of what is notified about', 's', {
          [`p${notificationFresh.share * 100}`]: quantile(
            notificationFresh.share,
            metrics.messageAge,
            { where: fresh },
          ),
          objective: `vector(${notificationFresh.withinSecs})`,
        }),
        graph('Read model: events applied', 'ops', {
          '{{outcome}}': rate(metrics.projected, { by: ['outcome'] }),
        }),
        graph('Read model: lag behind the events', 's', {
          p50: quantile(0.5, metrics.projectionLag),
          p99: quantile(0.99, metrics.projectionLag),
        }),
        graph('Read model: orders parked', 'short', { parked: highest(metrics.parkedOrders) }),
        graph('Accounts opened', 'ops', { '{{role}}': rate(metrics.accounts, { by: ['role'] }) }),
        graph('Signing in', 'ops', { '{{outcome}}': rate(metrics.signIns, { by: ['outcome'] }) }),
        graph('Menus edited', 'ops', { '{{edit}}': rate(metrics.menuEdits, { by: ['edit'] }) }),
      ],
    },
  ],
}
