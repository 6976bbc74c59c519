import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

/** One registry per process; `service` and `instance` are the scraper's labels, never ours. */
export const registry = new Registry()

const registers = [registry]
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.25, 0.5, 0.75, 1, 2.5, 5, 10]
const AGE_SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300]

export const httpDuration = new Histogram({
  name: 'http_request_duration_seconds',
  help: 'Duration of HTTP requests in seconds',
  labelNames: ['method', 'route', 'status_code'],
  buckets: SECONDS,
  registers,
})

export const httpClientDuration = new Histogram({
  name: 'http_client_request_duration_seconds',
  help: 'Duration of calls to other services, one observation per attempt',
  labelNames: ['server_address', 'http_request_method', 'outcome'],
  buckets: SECONDS,
  registers,
})

export const breakerState = new Gauge({
  name: 'restofy_circuit_breaker_state',
  help: '0 closed, 1 half open, 2 open',
  labelNames: ['dependency'],
  registers,
})

export const retries = new Counter({
  name: 'restofy_retries_total',
  help: 'Calls to other services that were tried again',
  labelNames: ['dependency'],
  registers,
})

export const processDuration = new Histogram({
  name: 'messaging_process_duration_seconds',
  help: 'Duration of message handling in seconds',
  labelNames: ['messaging_destination_name', 'outcome'],
  buckets: SECONDS,
  registers,
})

export const messageAge = new Histogram({
  name: 'restofy_message_age_seconds',
  help: 'From the publisher writing a message to its handler starting',
  labelNames: ['messaging_destination_name'],
  buckets: AGE_SECONDS,
  registers,
})

export const duplicates = new Counter({
  name: 'restofy_messages_duplicate_total',
  help: 'Messages the inbox had seen before',
  labelNames: ['messaging_destination_name'],
  registers,
})

export const published = new Counter({
  name: 'restofy_outbox_published_total',
  help: 'Outbox rows handed to the broker, by outcome',
  labelNames: ['outcome'],
  registers,
})

export const poolConnections = new Gauge({
  name: 'db_client_connection_count',
  help: 'Database connections by state',
  labelNames: ['db_client_connection_state'],
  registers,
})

export const poolPending = new Gauge({
  name: 'db_client_connection_pending_requests',
  help: 'Requests waiting for a database connection',
  registers,
})

/** A gauge read from a query at scrape time; every replica exports the same value: aggregate with max. */
export function gaugeFrom<Label extends string>(
  { name, help, labelNames }: { name: string; help: string; labelNames?: Label[] },
  read: () => Promise<{ labels?: Record<Label, string>; value: number }[]>,
): void {
  new Gauge({
    name,
    help,
    labelNames: labelNames ?? [],
    registers,
    async collect() {
      this.reset()
      for (const { labels, value } of await read()) {
        this.set((labels ?? {}) as Record<Label, string>, value)
      }
    },
  })
}

export function counter(name: string, help: string, labelNames: string[] = []): Counter {
  return new Counter({ name, help, labelNames, registers })
}

export function histogram(name: string, help: string, labelNames: string[] = []): Histogram {
  return new Histogram({ name, help, labelNames, buckets: AGE_SECONDS, registers })
}

export function describeBuild(version: string): void {
  collectDefaultMetrics({ register: registry })
  const build = new Gauge({
    name: 'restofy_build_info',
    help: 'Always 1; the labels say what runs',
    labelNames: ['version', 'node_version'],
    registers,
  })
  build.set({ version, node_version: process.version }, 1)
}
