import { REAL_TIME } from './timescale.ts'

export type ScrapeTarget = {
  /** Prometheus' `job`, and the label `service` of every series. */
  service: string
  /** host:port of each instance. */
  targets: readonly string[]
  path?: string
}

export type PrometheusOptions = {
  targets: readonly ScrapeTarget[]
  ruleFiles: readonly string[]
  /** host:port of each Alertmanager. */
  alertmanagers?: readonly string[]
  /** Seconds between two scrapes, and between two looks at the rules. */
  everySecs?: number
}

/** The whole prometheus.yml. JSON is YAML: it is written as it stands. */
export function prometheusConfig({
  targets,
  ruleFiles,
  alertmanagers = [],
  everySecs = REAL_TIME.scrapeSecs,
}: PrometheusOptions) {
  const every = `${everySecs}s`
  return {
    global: {
      ...{ scrape_interval: every, evaluation_interval: every },
      scrape_timeout: `${Math.max(1, everySecs - 1)}s`,
    },
    rule_files: ruleFiles,
    alerting: { alertmanagers: [{ static_configs: [{ targets: alertmanagers }] }] },
    scrape_configs: targets.map(({ service, targets: addresses, path = '/metrics' }) => ({
      job_name: service,
      metrics_path: path,
      static_configs: [{ targets: addresses, labels: { service } }],
    })),
  }
}
