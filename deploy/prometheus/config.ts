export type ScrapeTarget = {
  /** Prometheus' `job`, and the label `service` of every series. */
  service: string
  /** host:port of each instance. */
  targets: readonly string[]
  path?: string
}

/** The whole prometheus.yml. JSON is YAML: it is written as it stands. */
export function prometheusConfig(targets: readonly ScrapeTarget[], ruleFiles: readonly string[]) {
  return {
    global: { scrape_interval: '5s', scrape_timeout: '4s', evaluation_interval: '5s' },
    rule_files: ruleFiles,
    scrape_configs: targets.map(({ service, targets: addresses, path = '/metrics' }) => ({
      job_name: service,
      metrics_path: path,
      static_configs: [{ targets: addresses, labels: { service } }],
    })),
  }
}
