import { REAL_TIME } from './timescale.ts'

export type ScrapeTarget = {
  /** Prometheus' `job`, and the label `service` of every series. */
  service: string
  /** host:port of each instance. */
  targets: readonly string[]
  path?: string
}

/** One entry of `scrape_configs`. */
export type Scrape = { job_name: string } & Record<string, unknown>

export type PrometheusOptions = {
  scrapes: readonly Scrape[]
  ruleFiles: readonly string[]
  /** host:port of each Alertmanager. */
  alertmanagers?: readonly string[]
  /** Seconds between two scrapes, and between two looks at the rules. */
  everySecs?: number
  /** What every series is marked with when it leaves this Prometheus: cluster, region. */
  externalLabels?: Record<string, string>
  /** Where series are kept for longer than here, such as Amazon Managed Prometheus. */
  remoteWrite?: readonly ({ url: string } & Record<string, unknown>)[]
}

/** The whole prometheus.yml. JSON is YAML: it is written as it stands. */
export function prometheusConfig({
  scrapes,
  ruleFiles,
  alertmanagers = [],
  everySecs = REAL_TIME.scrapeSecs,
  externalLabels,
  remoteWrite,
}: PrometheusOptions) {
  const every = `${everySecs}s`
  return {
    global: {
      ...{ scrape_interval: every, evaluation_interval: every },
      scrape_timeout: `${Math.max(1, everySecs - 1)}s`,
      ...(externalLabels && { external_labels: externalLabels }),
    },
    rule_files: ruleFiles,
    alerting: { alertmanagers: [{ static_configs: [{ targets: alertmanagers }] }] },
    scrape_configs: scrapes,
    ...(remoteWrite && { remote_write: remoteWrite }),
  }
}

/** Where everything is at addresses known beforehand. */
export const staticScrapes = (targets: readonly ScrapeTarget[]): Scrape[] =>
  targets.map(({ service, targets: addresses, path = '/metrics' }) => ({
    job_name: service,
    metrics_path: path,
    static_configs: [{ targets: addresses, labels: { service } }],
  }))
