/** Where the platform runs, as far as its traces are concerned. */
export type TraceMode = 'host' | 'kind' | 'aws'

/**
 * The share of traces that services make at all. AWS keeps 5 % of what is fast and fine, but decides
 * so in the collector, which has seen the whole trace: errors and slow orders are never dropped.
 */
export const HEAD_SAMPLING: Record<TraceMode, number> = { host: 1, kind: 1, aws: 1 }

/** What the collector keeps of the traces in which nothing is slow or wrong, in per cent. */
export const TAIL_SAMPLING_PERCENT: Record<TraceMode, number> = { host: 100, kind: 100, aws: 5 }

/** The variables by which OpenTelemetry's SDK decides, for a pod or process. A caller's decision is obeyed. */
export const samplingEnvironment = (mode: TraceMode): Record<string, string> => ({
  OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
  OTEL_TRACES_SAMPLER_ARG: String(HEAD_SAMPLING[mode]),
})

/** sampling.json: the same decision for clients that ask Jaeger for theirs (port 5778). */
export const samplingStrategies = (mode: TraceMode) => ({
  default_strategy: { type: 'probabilistic', param: HEAD_SAMPLING[mode] },
})
