export type JaegerLinks = {
  /** Base URLs as a browser reaches them. */
  prometheus: string
  grafana?: string
}

/** ui.json: from a trace to the figures of the services in it. */
export const jaegerUi = ({ grafana, prometheus }: JaegerLinks) => ({
  dependencies: { menuEnabled: true },
  monitor: { menuEnabled: true },
  menu: [
    { label: 'Prometheus', url: prometheus },
    ...(grafana ? [{ label: 'Grafana', url: grafana }] : []),
  ],
  linkPatterns: grafana
    ? [
        {
          ...{ type: 'process', key: 'service.name' },
          url: `${grafana}/d/restofy-service?var-service=#{service.name}`,
          text: 'Rate, errors and duration of #{service.name}',
        },
      ]
    : [],
})
