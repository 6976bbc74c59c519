import { trace } from '@opentelemetry/api'
import {
  Counter,
  collectDefaultMetrics,
  Gauge,
  Histogram,
  type OpenMetricsContentType,
  Registry,
} from 'prom-client'
import { type Metric, metrics } from '#contracts/metrics.ts'

/**
 * One registry per process; `service` and `instance` are the scraper's labels, never ours. OpenMetrics,
 * because only that format carries exemplars.
 */
export const registry = new Registry<OpenMetricsContentType>()
registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE)

const common = <Label extends string>({ name, help, labels }: Metric<Label>) => ({
  name,
  help,
  labelNames: [...labels],
  registers: [registry],
})

export const counter = <Label extends string>(metric: Metric<Label>): Counter<Label> =>
  new Counter(common(metric))

export const gauge = <Label extends string>(metric: Metric<Label>): Gauge<Label> =>
  new Gauge(common(metric))

export type Observer<Label extends string> = {
  observe: (labels: Partial<Record<Label, string | number>>, value: number) => void
}

/** Each observation carries the way to its trace, when the trace is kept. */
export function histogram<Label extends string>(metric: Metric<Label>): Observer<Label> {
  const instrument = new Histogram({
    ...common(metric),
    buckets: [...metric.buckets!],
    enableExemplars: true,
  })
  return {
    observe(labels, value) {
      const span = trace.getActiveSpan()?.spanContext()
      const exemplar = span && span.traceFlags & 1 ? { trace_id: span.traceId } : undefined
      // prom-client types an exemplar's labels as if they were the metric's own.
      const exemplarLabels = exemplar as Partial<Record<Label, string>> | undefined
      instrument.observe({ labels, value, ...(exemplarLabels && { exemplarLabels }) })
    },
  }
}

export const httpDuration = histogram(metrics.httpDuration)
export const httpClientDuration = histogram(metrics.httpClientDuration)
export const rpcServerDuration = histogram(metrics.rpcServerDuration)
export const rpcClientDuration = histogram(metrics.rpcClientDuration)
export const breakerState = gauge(metrics.breakerState)
export const retries = counter(metrics.retries)
export const processDuration = histogram(metrics.processDuration)
export const messageAge = histogram(metrics.messageAge)
export const duplicates = counter(metrics.duplicates)
export const published = counter(metrics.outboxPublished)
export const poolConnections = gauge(metrics.poolConnections)
export const poolPending = gauge(metrics.poolPending)
export const poolMax = gauge(metrics.poolMax)

type Reading<Label extends string> = { labels?: Record<Label, string>; value: number }

const FRESH_FOR_MS = 5_000
const READ_WITHIN_MS = 2_000

/**
 * A gauge read from a query when scraped, at most every five seconds. While it cannot be read it is
 * absent: a scrape must not fail, nor last, because a database does. Every replica exports the same
 * value: aggregate with max, not sum.
 */
export function gaugeFrom<Label extends string>(
  metric: Metric<Label>,
  read: () => Promise<Reading<Label>[]>,
): void {
  let readings: Reading<Label>[] = []
  let readAt = Number.NEGATIVE_INFINITY
  // A second reader of the same figure replaces the first.
  registry.removeSingleMetric(metric.name)
  new Gauge({
    ...common(metric),
    async collect() {
      if (performance.now() - readAt > FRESH_FOR_MS) {
        readings = await within(READ_WITHIN_MS, read()).catch(() => [])
        readAt = performance.now()
      }
      this.reset()
      // A reset gauge without labels is 0, which would say that all is well.
      if (metric.labels.length === 0) this.remove()
      for (const { labels, value } of readings) {
        this.set((labels ?? {}) as Record<Label, string>, value)
      }
    },
  })
}

function within<T>(ms: number, work: Promise<T>): Promise<T> {
  const late = new Promise<never>((_resolve, reject) => {
    setTimeout(() => reject(new Error('too slow to be scraped')), ms).unref()
  })
  return Promise.race([work, late])
}

export function describeBuild(version: string): void {
  collectDefaultMetrics({ register: registry })
  gauge(metrics.buildInfo).set({ version, node_version: process.version }, 1)
}
