/**
 * The whole alertmanager.yml. Receivers have no address: whoever runs this adds where pages and
 * tickets go; until then they are to be seen in Alertmanager's own pages.
 */
export const alertmanagerConfig = () => ({
  route: {
    receiver: 'tickets',
    group_by: ['alertname', 'service'],
    group_wait: '30s',
    group_interval: '5m',
    repeat_interval: '12h',
    routes: [
      {
        matchers: ['severity="page"'],
        receiver: 'pages',
        group_wait: '10s',
        repeat_interval: '1h',
      },
    ],
  },
  receivers: [{ name: 'pages' }, { name: 'tickets' }],
  inhibit_rules: [
    {
      // Burning fast, it also burns slowly: one of the two is news.
      source_matchers: ['severity="page"'],
      target_matchers: ['severity="ticket"', 'slo!=""'],
      equal: ['slo', 'service'],
    },
    {
      // What does not run has no metrics and no connections either.
      source_matchers: ['alertname="TargetDown"'],
      target_matchers: ['alertname=~"MetricsAbsent|BrokerDisconnected"'],
      equal: ['service'],
    },
    {
      // Why the outbox is stuck is known.
      source_matchers: ['alertname="BrokerBlocked"'],
      target_matchers: ['alertname="OutboxStuck"'],
      equal: ['service'],
    },
  ],
})
