export type RecordingRule = { record: string; expr: string; labels?: Record<string, string> }

export type AlertingRule = {
  alert: string
  expr: string
  for: string
  labels: { severity: Severity } & Record<string, string>
  annotations: { summary: string; runbook: string }
}

/** `page`: somebody gets up. `ticket`: somebody looks today. */
export type Severity = 'page' | 'ticket'

/** `interval`: how often it is evaluated; Prometheus' own interval when absent. */
export type RuleGroup<Rule = RecordingRule | AlertingRule> = {
  name: string
  interval?: string
  rules: Rule[]
}

/** The alerts' words are in Markdown beside the generator, one file per alert. */
export const RUNBOOKS = 'deploy/prometheus/runbooks'

export const alertingRule = (
  { alert, expr, after, severity, summary }: Alert,
  labels: Record<string, string> = {},
): AlertingRule => ({
  alert,
  expr,
  for: after,
  labels: { severity, ...labels },
  annotations: { summary, runbook: `${RUNBOOKS}/${alert}.md` },
})

export type Alert = {
  alert: string
  expr: string
  /** How long `expr` must hold, in Prometheus' spelling. */
  after: string
  severity: Severity
  /** One sentence; `{{ $labels.x }}` is filled in. */
  summary: string
}

/** What a bucket boundary looks like as a label: Prometheus 3 writes whole numbers as 1.0. */
export const leIs = (seconds: number): string =>
  Number.isInteger(seconds) ? `le=~"${seconds}|${seconds}.0"` : `le="${seconds}"`
