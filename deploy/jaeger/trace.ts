/** As Jaeger's HTTP API has it. */
export type Trace = {
  traceID: string
  spans: Span[]
  processes: Record<string, { serviceName: string }>
}

export type Span = {
  spanID: string
  processID: string
  operationName: string
  /** Microseconds. */
  startTime: number
  duration: number
  references: { spanID: string }[]
  tags: { key: string; value: unknown }[]
}
