/** Stable names by which boards and links refer to the two, wherever they run. */
export const PROMETHEUS = 'prometheus'
export const JAEGER = 'jaeger'

/** Base URLs as Grafana reaches them. */
export type Sources = { prometheus: string; jaeger: string }

/** Provisioning: a point of a graph leads to its trace, a span to the figures of its service. */
export const dataSources = ({ prometheus, jaeger }: Sources) => ({
  apiVersion: 1,
  datasources: [
    {
      ...{ uid: PROMETHEUS, name: 'Prometheus', type: 'prometheus', url: prometheus },
      ...{ access: 'proxy', isDefault: true, editable: false },
      jsonData: {
        ...{ httpMethod: 'POST', timeInterval: '5s', manageAlerts: false },
        exemplarTraceIdDestinations: [{ name: 'trace_id', datasourceUid: JAEGER }],
      },
    },
    {
      ...{ uid: JAEGER, name: 'Jaeger', type: 'jaeger', url: jaeger },
      ...{ access: 'proxy', editable: false },
      jsonData: {
        nodeGraph: { enabled: true },
        tracesToMetrics: {
          datasourceUid: PROMETHEUS,
          tags: [{ key: 'service.name', value: 'service' }],
          queries: [
            { name: 'Requests per second', query: 'service:http_requests:rate5m{$$__tags}' },
            { name: 'Share that fails', query: 'service:http_errors:ratio_rate5m{$$__tags}' },
          ],
        },
      },
    },
  ],
})
